"""Sheets that hypothesis makes: any that the platform could hold, the odd ones included."""

from __future__ import annotations

from hypothesis import strategies as st

from consulta.domain.sheets.sheet import PROSE, Challenge, Contact, Continuity, Line, Milestone, Responsible, Sheet

TEXT = st.text(st.characters(exclude_categories=("Cc", "Cs"), include_characters="\n"), max_size=25)
SAID = st.none() | TEXT
NUMBERS = st.none() | st.integers(0, 99)
MONTHS = st.none() | st.builds("{:04}-{:02}".format, st.integers(1900, 2100), st.integers(1, 12))
LINES = st.lists(st.builds(Line, TEXT, TEXT, NUMBERS, SAID, SAID, SAID, SAID, SAID), max_size=2).map(tuple)
PHONES = st.lists(st.tuples(TEXT, SAID), max_size=2).map(tuple)
CONTACTS = st.lists(st.builds(Contact, TEXT, SAID, SAID, SAID, SAID, SAID, SAID, SAID, PHONES), max_size=2).map(tuple)
PARTIES = st.lists(st.builds(Responsible, TEXT, st.lists(TEXT, max_size=2).map(tuple), SAID), max_size=2).map(tuple)


@st.composite
def milestones(draw: st.DrawFn) -> tuple[Milestone, ...]:
    """Milestones of which some are parts of one before them."""
    keys = draw(st.lists(st.text("abc123.", min_size=1, max_size=4), max_size=4, unique=True))
    return tuple(
        Milestone(
            key,
            draw(TEXT),
            draw(st.none() | st.sampled_from(keys[:place])) if place else None,
            draw(st.integers(1, 9)),
            draw(NUMBERS),
            draw(SAID),
            draw(SAID),
            draw(SAID),
            draw(SAID),
            draw(st.lists(TEXT, max_size=2).map(tuple)),
            draw(PARTIES),
            draw(st.none() | st.sampled_from(Continuity)),
            draw(SAID),
            draw(MONTHS),
            draw(MONTHS),
            draw(SAID),
            draw(SAID),
            draw(st.lists(st.sampled_from(["start", "end"]), max_size=2).map(tuple)),
            draw(st.booleans()),
        )
        for place, key in enumerate(keys)
    )


SHEETS = st.builds(
    Sheet,
    language=st.sampled_from(["es", "en"]),
    number=NUMBERS,
    leads=LINES,
    persons=LINES,
    posts=LINES,
    emails=LINES,
    phones=LINES,
    contacts=CONTACTS,
    milestones=milestones(),
    challenges=st.lists(st.sampled_from(Challenge), max_size=3, unique=True).map(tuple),
    notes=st.lists(TEXT, max_size=2).map(tuple),
    undecided=st.frozensets(st.sampled_from(["leads", "contacts", "dates"])),
    **dict.fromkeys((*PROSE, "theme"), SAID),
)
