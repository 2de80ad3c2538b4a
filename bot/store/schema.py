"""The tables, as an ordered list of migrations. Add to the end; what is there has run somewhere already.

Both databases read this SQL. Times are UTC text of a fixed width, so that text order is time order.
"""

from bot.store.facts_schema import COUNTED, FIGURES, HELD

MIGRATIONS: tuple[tuple[str, str], ...] = (
    (
        "0001 lines",
        """
        create table lines (
            id serial_key,
            channel text not null,
            chat_id text not null,
            voice text not null,
            words text not null,
            at text not null,
            message_id text,
            edit bigint not null default 0,
            content text not null,
            answers bigint,
            ticket text,
            due_at text,
            claimed_until text,
            attempts bigint not null default 0,
            parts_sent bigint not null default 0,
            sent_at text,
            error text,
            erased bigint not null default 0
        );
        create unique index lines_message on lines (channel, chat_id, message_id, edit)
            where voice = 'resident';
        create index lines_chat on lines (channel, chat_id, id);
        create index lines_spoken on lines (channel, chat_id, at) where voice = 'resident';
        create index lines_waiting on lines (channel, id) where due_at is not null;
        create index lines_waiting_chat on lines (channel, chat_id, id) where due_at is not null;
        create index lines_answers on lines (answers) where answers is not null;
        create index lines_ticket on lines (ticket) where ticket is not null;
        create table conversations (
            channel text not null,
            chat_id text not null,
            content text not null,
            updated_at text not null,
            primary key (channel, chat_id)
        )
        """,
    ),
    (
        "0002 tickets",
        """
        create table counters (day text primary key, last bigint not null);
        create table tickets (
            number text primary key,
            kind text not null,
            state text not null,
            channel text,
            chat_id text,
            subject text not null,
            detail text not null,
            filed_at text not null,
            clock text not null,
            category text,
            urgent text,
            location text,
            latitude double precision,
            longitude double precision,
            contact text,
            anonymous bigint not null,
            department text,
            co_units text not null,
            handler bigint,
            checker bigint,
            claimed_by bigint,
            level bigint not null,
            colour text,
            returns bigint not null,
            designated bigint not null,
            extensions bigint not null,
            reminders bigint not null,
            followers bigint not null,
            reopenings bigint not null,
            merged_into text,
            sign_by text,
            contact_by text,
            finish_by text,
            first_finish_by text,
            next_alarm_at text,
            park_until text,
            replied_at text,
            closed_at text,
            solved bigint,
            rating bigint,
            excluded text,
            secret text not null,
            audience text not null,
            version bigint not null,
            is_open bigint not null,
            due_order text not null,
            phone_tail text,
            last_seq bigint not null default 0,
            last_hash text not null default ''
        );
        create index tickets_queue on tickets (is_open desc, due_order, number);
        create index tickets_unit on tickets (department, is_open desc, due_order, number);
        create index tickets_handler on tickets (handler, is_open desc, due_order, number);
        create index tickets_state on tickets (state, is_open desc, due_order, number);
        create index tickets_category on tickets (category, is_open desc, due_order, number);
        create index tickets_urgent on tickets (is_open desc, due_order, number)
            where urgent is not null;
        create index tickets_phone on tickets (phone_tail) where phone_tail is not null;
        create index tickets_chat on tickets (channel, chat_id, filed_at);
        create index tickets_filed on tickets (filed_at, number);
        create index tickets_alarm on tickets (next_alarm_at) where next_alarm_at is not null;
        create table follows (
            number text not null references tickets (number),
            channel text not null,
            chat_id text not null,
            at text not null,
            remark text not null,
            primary key (number, channel, chat_id)
        );
        create index follows_chat on follows (channel, chat_id);
        create table events (
            number text not null references tickets (number),
            seq bigint not null,
            kind text not null,
            actor_role text not null,
            actor_id bigint,
            actor_name text not null,
            actor_department text,
            at text not null,
            data text not null,
            public bigint not null,
            once text,
            note text not null,
            told text not null,
            attachments text not null,
            private text not null,
            salt text not null,
            seal text not null,
            previous text not null,
            hash text not null,
            erased bigint not null default 0,
            primary key (number, seq)
        );
        create unique index events_once on events (number, once) where once is not null
        """,
    ),
    (
        "0003 staff",
        """
        create table staff (
            id serial_key,
            name text not null unique,
            role text not null,
            department text,
            on_duty bigint not null,
            active bigint not null,
            telegram_id bigint unique,
            created_at text,
            password_hash text not null,
            totp_secret text
        );
        create index staff_unit on staff (department);
        create table failures (name text not null, address text not null, at text not null);
        create index failures_at on failures (at);
        create index failures_name on failures (name, address, at);
        create table sessions (
            token_hash text primary key,
            staff_id bigint not null references staff (id),
            opened_at text not null,
            expires_at text not null
        );
        create index sessions_expiry on sessions (expires_at)
        """,
    ),
    (
        "0004 files and notes",
        """
        create table files (
            name text primary key,
            media_type text not null,
            size bigint not null,
            sha256 text not null,
            channel text not null,
            chat_id text not null,
            kept_at text not null
        );
        create index files_chat on files (channel, chat_id);
        create table notes (key text primary key, value text not null);
        create table feedback (
            entry text not null,
            channel text not null,
            chat_id text not null,
            useful bigint not null,
            at text not null,
            primary key (entry, channel, chat_id)
        );
        create table unanswered (
            id serial_key,
            words text not null unique,
            candidates text not null,
            times bigint not null,
            last_at text not null
        );
        create table cards (
            chat_id text not null,
            message_id text not null,
            number text not null,
            at_turn bigint not null,
            primary key (chat_id, message_id)
        );
        create index cards_number on cards (number)
        """,
    ),
    FIGURES,
    HELD,
    COUNTED,
    (
        "0005 paused tickets are not late",
        "update tickets set due_order = '9999-12-31T00:00:00.000000+00:00' where state in ('awaiting', 'parked')",
    ),
    (
        "0006 new dates, neighbours of a matter, inspections",
        """
        alter table tickets add column promised_by text;
        create index tickets_alike on tickets (category, filed_at desc, number desc)
            where is_open = 1;
        create table inspections (day text primary key, sheet text not null)
        """,
    ),
    ("0007 sessions end when idle", "alter table sessions add column seen_at text"),
    (
        "0008 seals",
        """
        create table seals (
            id serial_key,
            heads text not null,
            previous text not null,
            hash text not null
        );
        create index seals_code on seals (substr(hash, 1, 16))
        """,
    ),
    (
        "0009 answers by their day",
        """
        create index lines_cards on lines (at) where voice = 'bot' and content like '%"card":{%';
        drop index lines_at
        """,
    ),
    (
        "0010 late before it was done again",
        """
        alter table ticket_facts add column late bigint not null default 0;
        update tickets set counted = -1 where reopenings > 0 or state in ('awaiting', 'parked')
        """,
    ),
    (
        "0011 calls to staff",
        """
        create table calls (
            staff_id bigint not null references staff (id),
            number text not null references tickets (number),
            words text not null,
            at text not null,
            primary key (staff_id, number)
        );
        create index calls_number on calls (number)
        """,
    ),
    (
        "0012 where a unit helps",
        """
        create index tickets_helped on tickets (is_open desc, due_order, number) where co_units <> '[]'
        """,
    ),
)
