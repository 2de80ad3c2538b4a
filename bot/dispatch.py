"""定人: which person of the unit gets a ticket, and who checks it. Nobody is never the answer."""

from bot.departments import Role, StaffMember
from bot.store import Store


def choose_handler(store: Store, department: str) -> StaffMember | None:
    """The least loaded agent on duty; else any agent; else the head; else a supervisor; else an admin.

    None only where the district has not one account: `mashangban doctor` says so.
    """
    people = [member for member in store.staff.all() if member.active]
    unit = [member for member in people if member.department == department]
    load = store.tickets.open_load(department)
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


def choose_checker(store: Store, department: str, handler: int | None) -> StaffMember | None:
    """Somebody else than the handler: the unit's head, else a supervisor, else an admin."""
    people = [m for m in store.staff.all() if m.active and m.id != handler]
    tiers = (
        [m for m in people if m.role is Role.HEAD and m.department == department],
        [m for m in people if m.role is Role.SUPERVISOR],
        [m for m in people if m.role is Role.ADMIN],
    )
    return next((min(tier, key=lambda m: m.id) for tier in tiers if tier), None)


def people_for(store: Store, department: str) -> dict[str, object]:
    """What a move to a unit carries: the handler and the checker, by id."""
    handler = choose_handler(store, department)
    checker = choose_checker(store, department, handler.id if handler else None)
    return {
        "handler": handler.id if handler else None,
        "checker": checker.id if checker else None,
    }
