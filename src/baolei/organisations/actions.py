"""What is done with Party organisations: established, renamed, put under another, merged, dissolved, exempted.

Every act holds from a day on, leaves the days before as they were, and looks at what it touched anew, so that a finding
closes by the change that cures it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Concat, Substr
from django.utils.timezone import localdate
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from baolei.organisations.acts import Act, documented, done, end, holding_members, move_members, restate, standing
from baolei.organisations.findings import look_again
from baolei.organisations.models import (
    Exemption,
    Membership,
    Organisation,
    OrganisationState,
    Unit,
    segment_of,
)
from baolei.organisations.spelling import initials
from baolei.organisations.units import NotPossible, standing_on
from baolei.paths import at_or_below
from baolei.people.models import InTree, Mandate
from baolei.programme.organisation.rules import SetupRules


@transaction.atomic
def establish(
    *, act: Act, code: str, name: str, kind: str, above: Organisation | None, unit: Unit, document: str, field: str = ""
) -> OrganisationState:
    """Establish an organisation from a day on, under the approval of `document`. Raises NotPossible."""
    top = standing(above) if above else None
    may_stand(kind, top, act.rules)
    document = documented(document, name)
    if OrganisationState.objects.open().filter(code=code).exists():  # whose it is may be nobody's business here
        raise NotPossible(_("code %(code)s is taken: give another code") % {"code": code})
    standing_on(unit, act.on)
    new = Organisation.objects.create()
    state: OrganisationState = OrganisationState.objects.create(
        organisation=new, code=code, name=name, initials=initials(name), kind=kind, field=field, above=above, unit=unit,
        path=(top.path if top else "") + segment_of(new.pk), since=act.on,
    )  # fmt: skip
    done(act, "establish", state, after={"code": code, "name": name, "kind": kind, "document": document})
    return state


@transaction.atomic
def rename(*, act: Act, organisation: Organisation, name: str) -> OrganisationState:
    """Give an organisation another name from a day on. Raises NotPossible."""
    state = standing(organisation)
    if name == state.name:
        raise NotPossible(_("it is called %(name)s already") % {"name": name})
    restate(OrganisationState.objects.open().filter(organisation=organisation), act.on,
            name=Value(name), initials=Value(initials(name)))  # fmt: skip
    done(act, "rename", state, before={"name": state.name}, after={"name": name})
    return standing(organisation)


@transaction.atomic
def put_under(*, act: Act, organisation: Organisation, above: Organisation) -> OrganisationState:
    """Affiliate an organisation, with all below it, with another from a day on. Raises NotPossible.

    Mandates at it or below it move with it at once.
    """
    state, top = standing(organisation), standing(above)
    if top.path.startswith(state.path):
        raise NotPossible(
            _("%(top)s stands below %(name)s: an organisation cannot be put under itself")
            % {"top": top.name, "name": state.name}
        )
    may_stand(state.kind, top, act.rules)
    if act.on > localdate(act.now):
        raise NotPossible(
            _("a move from %(day)s on is entered on that day, since it takes away access at once") % {"day": act.on}
        )
    old, new = state.path, top.path + segment_of(organisation.pk)
    moved = Concat(Value(new), Substr("path", len(old) + 1))
    restate(OrganisationState.objects.open().under(old), act.on, path=moved)
    OrganisationState.objects.open().filter(organisation=organisation).update(above=above)
    Mandate.objects.filter(at_or_below(old), tree=InTree.PARTY).update(path=moved)
    done(act, "put_under", state, before={"path": old}, after={"path": new})
    return standing(organisation)


@transaction.atomic
def merge(*, act: Act, organisations: Sequence[Organisation], into: Organisation) -> OrganisationState:
    """End organisations from a day on; their members belong to `into`, their posts end. Raises NotPossible."""
    target = holding_members(into, act)
    for organisation in organisations:
        state = standing(organisation)
        if organisation.pk == into.pk:
            raise NotPossible(_("%(name)s cannot be merged into itself") % {"name": state.name})
        _nothing_below(state)
        move_members(Membership.objects.open().filter(organisation=organisation), into, act.on)
        end(state, act.on)
        done(act, "merge", state, after={"into": into.pk})
    look_again(organisation=into, day=act.on, rules=act.rules)
    return target


@transaction.atomic
def dissolve(*, act: Act, organisation: Organisation, document: str) -> None:
    """End an organisation from a day on, under the approval of `document`. Raises NotPossible while anybody belongs."""
    state = standing(organisation)
    _nothing_below(state)
    members = Membership.objects.open().filter(organisation=organisation).count()
    if members:
        raise NotPossible(
            ngettext(
                "%(number)d member belongs to %(name)s: transfer that member first",
                "%(number)d members belong to %(name)s: transfer each of them first",
                members,
            )
            % {"number": members, "name": state.name}
        )
    document = documented(document, state.name)
    end(state, act.on)
    done(act, "dissolve", state, after={"document": document})


@transaction.atomic
def exempt(*, act: Act, organisation: Organisation, flag: str, document: str, until: date | None = None) -> Exemption:
    """File the approval that lets an organisation stay as it is. Raises NotPossible for what nobody can excuse."""
    state, rule = standing(organisation), act.rules.flags.get(flag)
    if rule is None or rule.hard:
        said = rule.name.say(get_language() or "") if rule else flag
        raise NotPossible(_("%(flag)s: nobody can approve an exception from this; cure it") % {"flag": said})
    document = documented(document, state.name)
    if until is not None and until < act.on:
        raise NotPossible(
            _("the approval ends on %(until)s, before %(on)s: enter one that holds") % {"until": until, "on": act.on}
        )
    made = Exemption.objects.create(organisation=organisation, flag=flag, document=document, since=act.on, until=until)
    done(act, "exempt", state, after={"flag": flag, "document": document})
    return made


class Standing(Protocol):
    """What is asked of an organisation that another is to stand under."""

    name: str
    kind: str


def may_stand(kind: str, top: Standing | None, rules: SetupRules) -> None:
    """Refuse a kind of organisation that cannot stand under `top` (None: at the top). Raises NotPossible."""
    described, language = rules.kinds.get(kind), get_language() or ""
    named = {code: one.name.say(language) for code, one in rules.kinds.items()}
    if described is None:
        raise NotPossible(
            _("there is no kind %(kind)r: one of %(kinds)s") % {"kind": kind, "kinds": ", ".join(rules.kinds)}
        )
    if top is None and not described.top:
        under = ", ".join(named[code] for code in described.under)
        raise NotPossible(_("a %(kind)s stands under one of: %(under)s") % {"kind": named[kind], "under": under})
    if top is not None and top.kind not in described.under:
        raise NotPossible(
            _("a %(kind)s cannot stand under %(top)s, a %(other)s")
            % {"kind": named[kind], "top": top.name, "other": named[top.kind]}
        )


def _nothing_below(state: OrganisationState) -> None:
    below = OrganisationState.objects.open().filter(above=state.organisation).count()
    if below:
        raise NotPossible(
            ngettext(
                "%(number)d organisation is affiliated with %(name)s: put it under another first",
                "%(number)d organisations are affiliated with %(name)s: put them under another first",
                below,
            )
            % {"number": below, "name": state.name}
        )
