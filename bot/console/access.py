"""Who may open which page, and who may see which ticket: one table, asked on every request.

A route without a row here cannot be built (`pages.py` refuses it), so nothing is open by oversight.
"""

from bot.departments import STAFF_ROLES, Role, StaffMember
from bot.tickets import Actor, Ticket

SIGNED_IN = frozenset(STAFF_ROLES)
ANYONE = SIGNED_IN | {Role.RESIDENT}  # a visitor without an account counts as a resident
MOVERS = SIGNED_IN - {Role.ASSESSOR}
LEADERS = SIGNED_IN - {Role.AGENT}
OPERATOR = frozenset({Role.ADMIN})
EVERYWHERE = frozenset({Role.SUPERVISOR, Role.ADMIN, Role.ASSESSOR})  # not bound to a unit

ACCESS: dict[str, frozenset[Role]] = {
    "GET /login": ANYONE,
    "POST /login": ANYONE,
    "GET /hello": ANYONE,
    "POST /logout": SIGNED_IN,
    "GET /": SIGNED_IN,
    "GET /rows": SIGNED_IN,
    "POST /search": SIGNED_IN,
    "POST /batch": MOVERS,
    "GET /t/{number}": SIGNED_IN,
    "GET /t/{number}/pulse": SIGNED_IN,
    "POST /t/{number}/move": MOVERS,
    "POST /check": MOVERS,
    "GET /files/{name}": SIGNED_IN,
    "GET /account": SIGNED_IN,
    "POST /account/password": SIGNED_IN,
    "POST /account/code": SIGNED_IN,
    "GET /inspection": SIGNED_IN,
    "GET /map": LEADERS,
    "POST /wall": LEADERS,
    "GET /map/{name}-{theme}.svg": LEADERS,
    "GET /figures": LEADERS,
    "GET /figures/tickets": LEADERS,
    "GET /figures/report.{form}": LEADERS,
    "GET /figures/tickets.{form}": LEADERS,
    "GET /sample": EVERYWHERE,
    "GET /sample.json": EVERYWHERE,
    "GET /people": OPERATOR,
    "POST /people": OPERATOR,
    "POST /people/{id}": OPERATOR,
    "POST /people/{id}/password": OPERATOR,
    "GET /faq": OPERATOR,
    "GET /settings": OPERATOR,
}


def may_open(row: str, role: Role) -> bool:
    return role in ACCESS[row]


def sees(member: StaffMember, ticket: Ticket) -> bool:
    """Supervisors, operator and assessor see every ticket; the others their unit's and their own."""
    if member.role in EVERYWHERE:
        return True
    units = (ticket.department, *ticket.co_units)
    if member.department is not None and member.department in units:
        return True
    return member.id in (ticket.handler, ticket.checker, ticket.claimed_by)


def may_unmask(member: StaffMember, ticket: Ticket) -> bool:
    """The identity behind a 举报 or an anonymous ticket is for the handler alone."""
    if member.role not in MOVERS:
        return False
    return not ticket.confidential or member.id == ticket.handler


def actor_of(member: StaffMember) -> Actor:
    return Actor(role=member.role, id=member.id, name=member.name, department=member.department)
