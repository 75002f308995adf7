"""The two trees, what is done with them, and the structural audit."""

from __future__ import annotations

from django.urls import path

from baolei.organisations import (
    acting,
    audit_views,
    election_views,
    member_views,
    notice_views,
    number_views,
    office_views,
    people_views,
    views,
)

urlpatterns = [
    path("tree/", views.tree, name="tree"),
    path("tree/search/", views.search, name="tree_search"),
    path("tree/offered/<slug:kind>/", acting.offered, name="offered"),
    path("tree/<int:unit>/", views.tree, name="tree_unit"),
    path("tree/<int:unit>/organisations/", views.organisations, name="unit_organisations"),
    path("tree/<int:unit>/holders/", office_views.structure, name="holders"),
    path("tree/<int:unit>/posts/", office_views.posts, name="posts"),
    path("tree/<int:unit>/posts/<slug:which>/", office_views.rows, name="posts_rows"),
    path("tree/<int:unit>/do/<slug:act>/", acting.on_unit, name="act_on_unit"),
    path("organisation/<int:organisation>/", views.organisation, name="organisation"),
    path("organisation/<int:organisation>/do/<slug:act>/", acting.on_organisation, name="act_on_organisation"),
    path("organisation/<int:organisation>/election/", election_views.new, name="new_election"),
    path("organisation/<int:organisation>/numbers/", number_views.year, name="branch_numbers"),
    path("organisation/<int:organisation>/numbers/keep/", number_views.keep, name="keep_numbers"),
    path("election/<int:election>/", election_views.election, name="election"),
    path("member/<int:member>/", member_views.member, name="member"),
    path("member/<int:member>/do/<slug:act>/", acting.on_member, name="act_on_member"),
    path("terms/", office_views.terms, name="terms"),
    path("transfers/", member_views.transfers, name="transfers"),
    path("transfer/<int:transfer>/", member_views.transfer, name="transfer"),
    path("transfer/<int:transfer>/do/<slug:act>/", acting.on_transfer, name="act_on_transfer"),
    path("accounts/", people_views.accounts, name="accounts"),
    path("accounts/open/", people_views.open_account, name="open_account"),
    path("accounts/<int:account>/", people_views.account, name="account"),
    path("accounts/<int:account>/do/<slug:act>/", people_views.on_account, name="act_on_account"),
    path("mandates/", people_views.waiting, name="waiting"),
    path("mandates/<int:mandate>/do/<slug:act>/", people_views.on_mandate, name="act_on_mandate"),
    path("notices/", notice_views.notices, name="notices"),
    path("notices/post/", notice_views.post, name="post_notice"),
    path("notices/<int:notice>/withdraw/", notice_views.withdraw, name="withdraw_notice"),
    path("ledger/", views.ledger, name="ledger"),
    path("audit/", audit_views.audit, name="audit"),
]
