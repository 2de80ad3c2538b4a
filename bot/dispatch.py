"""定人: which person of the unit gets a ticket, and who checks it. Nobody is never the answer."""

from collections.abc import Mapping, Sequence

from bot.departments import Role, StaffMember
from bot.store import Store


def people_for(store: Store, department: str) -> dict[str, object]:
    """What a move to a unit carries: the handler and the checker, by id."""
    people = store.staff.who_may_take(department)
    handler = choose_handler(people, department, store.tickets.open_load(department))
    checker = choose_checker(people, department, handler)
    return {
        "handler": handler.id if handler else None,
        "checker": checker.id if checker else None,
    }


def choose_handler(
    people: Sequence[StaffMember], department: str, load: Mapping[int, int]
) -> StaffMember | None:
    """The least loaded agent on duty; else any agent; else the head; else a supervisor; else an admin.

    None only where the district has not one account: `mashangban doctor` says so.
    """
    unit = [member for member in people if member.department == department]
    tiers = (
        [m for m in unit if m.role is Role.AGENT and m.on_duty],
        [m for m in unit if m.role is Role.HEAD and m.on_duty],
        [m for m in unit if m.role in (Role.AGENT, Role.HEAD)],
        [m for m in people if m.role is Role.SUPERVISOR and m.on_duty],
        [m for m in people if m.role in (Role.SUPERVISOR, Role.ADMIN)],
    )
    for tier in tiers:
        if tier:
            return min(tier, key=lambda member: (load.get(member.id, 0), member.id))
    return None


def choose_checker(
    people: Sequence[StaffMember], department: str, handler: StaffMember | None
) -> StaffMember | None:
    """Somebody else than the handler: the unit's head, else a supervisor, else an admin."""
    others = [m for m in people if handler is None or m.id != handler.id]
    tiers = (
        [m for m in others if m.role is Role.HEAD and m.department == department],
        [m for m in others if m.role is Role.SUPERVISOR],
        [m for m in others if m.role is Role.ADMIN],
    )
    return next((min(tier, key=lambda m: m.id) for tier in tiers if tier), None)
