"""People with an account, their sessions and their failed sign-ins."""

from contextlib import suppress
from datetime import datetime, timedelta

from bot.departments import Role, StaffMember
from bot.errors import StoreError
from bot.store.database import Database, Row
from bot.store.rows import clean, instant, staff_member_of, staff_row

FAILURES_KEPT = timedelta(days=1)
SEEN_EVERY = timedelta(minutes=1)  # a session's last use is noted so often, not at every page


class Staff:
    """Passwords and tokens come in hashed; this room never sees them."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(
        self, name: str, role: Role, department: str | None, password_hash: str, now: datetime
    ) -> StaffMember:
        """A new account; StoreError where the name is taken."""
        rows = self._db.query(
            """
            insert into staff (name, role, department, on_duty, active, created_at, password_hash)
            values (:name, :role, :department, 1, 1, :now, :password_hash)
            on conflict (name) do nothing
            returning *
            """,
            {
                "name": clean(name),
                "role": role.value,
                "department": department,
                "now": instant(now),
                "password_hash": password_hash,
            },
        )
        if not rows:
            raise StoreError(f"there is an account named {name} already")
        return staff_member_of(rows[0])

    def find(self, id: int) -> StaffMember | None:
        return self._one("id = :id", {"id": id})

    def by_name(self, name: str) -> StaffMember | None:
        return self._one("name = :name", {"name": clean(name)})

    def by_telegram(self, telegram_id: int) -> StaffMember | None:
        return self._one("telegram_id = :telegram_id", {"telegram_id": telegram_id})

    def all(self) -> list[StaffMember]:
        return [staff_member_of(row) for row in self._db.query("select * from staff order by id")]

    def who_may_take(self, department: str) -> list[tuple[StaffMember, int]]:
        """The unit's active people, and those who answer when it has none: supervisors and admins.

        With how many open tickets each of them handles; as much of them as it takes to choose.
        """
        rows = self._db.query(
            """
            select id, name, role, department, on_duty, (
                select count(*) from tickets where handler = staff.id and is_open = 1
            ) as load
            from staff
            where active = 1 and (department = :department or role in ('supervisor', 'admin'))
            order by id
            """,
            {"department": department},
        )
        return [(_to_choose(row), int(row["load"])) for row in rows]

    def tickets_of(self, id: int) -> list[tuple[str, bool]]:
        """Numbers of the open tickets with this person on them; whether he only checks."""
        rows = self._db.query(
            """
            select number, handler from tickets
            where is_open = 1 and (handler = :id or checker = :id) order by number
            """,
            {"id": id},
        )
        return [(row["number"], row["handler"] != id) for row in rows]

    def of_unit(self, department: str) -> list[StaffMember]:
        rows = self._db.query(
            "select * from staff where department = :department order by id",
            {"department": department},
        )
        return [staff_member_of(row) for row in rows]

    def change(self, member: StaffMember) -> None:
        """Everything but the password. A Telegram account that belonged to another moves over."""
        row = staff_row(member)
        with self._db.atomic():
            if member.telegram_id is not None:
                self._db.execute(
                    """
                    update staff set telegram_id = null
                    where telegram_id = :telegram_id and id <> :id
                    """,
                    {"telegram_id": member.telegram_id, "id": member.id},
                )
            columns = ", ".join(f"{name} = :{name}" for name in row if name != "id")
            self._db.execute(f"update staff set {columns} where id = :id", row)

    def password_hash(self, id: int) -> str | None:
        return self._secret("password_hash", id)

    def set_password(self, id: int, password_hash: str) -> None:
        self._db.execute(
            "update staff set password_hash = :password_hash where id = :id",
            {"id": id, "password_hash": password_hash},
        )

    def totp_secret(self, id: int) -> str | None:
        return self._secret("totp_secret", id)

    def set_totp_secret(self, id: int, secret: str | None) -> None:
        self._db.execute(
            "update staff set totp_secret = :secret where id = :id", {"id": id, "secret": secret}
        )

    # -- sign-ins that failed -----------------------------------------------------------------------

    def failed(self, name: str, address: str, now: datetime) -> None:
        self._db.execute(
            "delete from failures where at < :until", {"until": instant(now - FAILURES_KEPT)}
        )
        self._db.execute(
            "insert into failures (name, address, at) values (:name, :address, :now)",
            {"name": clean(name), "address": clean(address), "now": instant(now)},
        )

    def failures_since(self, name: str | None, address: str | None, moment: datetime) -> int:
        """None stands for whatever name, or wherever from."""
        asked = {"name": name, "address": address}
        params = {key: clean(value) for key, value in asked.items() if value is not None}
        conditions = " and ".join([*(f"{key} = :{key}" for key in params), "at > :moment"])
        rows = self._db.query(
            f"select count(*) as count from failures where {conditions}",
            {**params, "moment": instant(moment)},
        )
        return int(rows[0]["count"])

    def forget_failures(self, name: str, address: str | None = None) -> None:
        """After a sign-in that worked; without the address after a new password."""
        here = "" if address is None else " and address = :address"
        params = {"name": clean(name)} | ({} if address is None else {"address": clean(address)})
        self._db.execute(f"delete from failures where name = :name{here}", params)

    # -- sessions -----------------------------------------------------------------------------------

    def open_session(
        self, staff_id: int, token_hash: str, now: datetime, expires_at: datetime
    ) -> None:
        self._db.execute("delete from sessions where expires_at <= :now", {"now": instant(now)})
        self._db.execute(
            """
            insert into sessions (token_hash, staff_id, opened_at, expires_at)
            values (:token_hash, :staff_id, :now, :expires_at)
            """,
            {
                "token_hash": token_hash,
                "staff_id": staff_id,
                "now": instant(now),
                "expires_at": instant(expires_at),
            },
        )

    def session(
        self, token_hash: str, now: datetime, idle: timedelta | None = None, *, used: bool = False
    ) -> StaffMember | None:
        """Whose it is; None once it has expired, was `idle` for so long, or the account is closed.

        `used`: a person did something; pages that refresh themselves keep no session alive.
        """
        rows = self._db.query(
            """
            select staff.*, coalesce(sessions.seen_at, sessions.opened_at) as seen_at
            from sessions join staff on staff.id = sessions.staff_id
            where token_hash = :token_hash and expires_at > :now and active = 1
            """,
            {"token_hash": token_hash, "now": instant(now)},
        )
        if not rows or (idle is not None and rows[0]["seen_at"] <= instant(now - idle)):
            return None
        if used and rows[0]["seen_at"] <= instant(now - SEEN_EVERY):
            with suppress(StoreError):  # a full disk must not keep staff from reading
                self._db.execute(
                    "update sessions set seen_at = :now where token_hash = :token_hash",
                    {"token_hash": token_hash, "now": instant(now)},
                )
        return staff_member_of(rows[0])

    def close_session(self, token_hash: str) -> None:
        self._db.execute(
            "delete from sessions where token_hash = :token_hash", {"token_hash": token_hash}
        )

    def close_sessions(self, staff_id: int) -> None:
        """Sign a person out everywhere."""
        self._db.execute("delete from sessions where staff_id = :id", {"id": staff_id})

    def _one(self, condition: str, params: Row) -> StaffMember | None:
        rows = self._db.query(f"select * from staff where {condition}", params)
        return staff_member_of(rows[0]) if rows else None

    def _secret(self, column: str, id: int) -> str | None:
        rows = self._db.query(f"select {column} as secret from staff where id = :id", {"id": id})
        return rows[0]["secret"] if rows else None


def _to_choose(row: Row) -> StaffMember:
    return StaffMember(
        id=row["id"],
        name=row["name"],
        role=Role(row["role"]),
        department=row["department"],
        on_duty=bool(row["on_duty"]),
    )
