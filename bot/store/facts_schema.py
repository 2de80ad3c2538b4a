"""The migrations of the figures: one narrow row a ticket, indexed for the period and for what is open."""

FIGURES = (
    "0100 figures",
    """
    create table ticket_facts (
        number text primary key,
        version bigint not null,
        erased bigint not null,
        filed_at text not null,
        filed_day text not null,
        kind text not null,
        category text not null,
        clock text not null,
        department text not null,
        street text not null,
        audience text not null,
        excluded bigint not null,
        open bigint not null,
        paused bigint not null,
        void bigint not null,
        closed bigint not null,
        sign_by text,
        signed_at text,
        contact_by text,
        contacted_at text,
        uncontactable bigint not null,
        finish_by text,
        finished_at text,
        first_finish_by text,
        first_finished_at text,
        left_day text,
        closed_at text,
        minutes bigint,
        worked_minutes bigint,
        dispatched bigint not null,
        first_fit bigint,
        returns bigint not null,
        transfers bigint not null,
        designated bigint not null,
        extensions bigint not null,
        parkings bigint not null,
        reminders bigint not null,
        reopenings bigint not null,
        breaches text not null,
        false_closing bigint not null,
        replied bigint not null,
        solved bigint,
        rating bigint,
        followed_up bigint not null,
        repeats text,
        repeated bigint not null default 0
    );
    create index ticket_facts_filed on ticket_facts (filed_day, department);
    create index ticket_facts_unit on ticket_facts (department, filed_day);
    create index ticket_facts_left on ticket_facts (left_day, department) where left_day is not null;
    create index ticket_facts_open on ticket_facts (department, finish_by) where open = 1;
    create index tickets_versions on tickets (number, version);
    create index lines_at on lines (voice, at);
    create index feedback_at on feedback (at)
    """,
)
COUNTED = (
    "0102 which tickets are counted",
    """
    alter table tickets add column counted bigint not null default -1;
    update tickets set counted = coalesce(
        (select f.version from ticket_facts f where f.number = tickets.number), -1
    );
    create index tickets_uncounted on tickets (number) where counted <> version;
    drop index tickets_versions
    """,
)
HELD = (
    "0101 what residents say a week later",
    "alter table ticket_facts add column held bigint",
)
