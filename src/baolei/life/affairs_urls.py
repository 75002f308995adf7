"""Addresses of decisions and affairs, and of tasks set from above."""

from __future__ import annotations

from django.urls import path

from baolei.life import affairs_views as branch
from baolei.life import set_task_views as tasks

urlpatterns = [
    path("organisation/<int:organisation>/affairs/", branch.affairs_of_branch, name="affairs"),
    path("organisation/<int:organisation>/affairs/announce/", branch.announce, name="announce"),
    path("organisation/<int:organisation>/affairs/list/", branch.set_list, name="set_list"),
    path("organisation/<int:organisation>/affairs/matter/", branch.open_matter, name="open_matter"),
    path("gathering/<int:gathering>/follow-up/", branch.follow_up, name="follow_up"),
    path("resolution/<int:resolution>/<str:act>/", branch.on_resolution, name="on_resolution"),
    path("matter/<int:matter>/", branch.matter, name="matter"),
    path("matter/<int:matter>/strike/", branch.strike_matter, name="strike_matter"),
    path("matter/<int:matter>/step/<str:step>/", branch.take_step, name="take_step"),
    path("listed/<int:listed>/strike/", branch.strike_listed, name="strike_listed"),
    path("announcement/<int:announcement>/strike/", branch.strike_announcement, name="strike_announcement"),
    path("tasks/", tasks.set_by_us, name="set_tasks"),
    path("tasks/set/", tasks.set_one, name="set_task"),
    path("tasks/<int:task>/", tasks.of_branches, name="task_of_branches"),
    path("tasks/<int:task>/confirm/", tasks.confirm_all, name="confirm_all_reports"),
    path("tasks/<int:task>/withdraw/", tasks.withdraw, name="withdraw_task"),
    path("branch-task/<int:branch_task>/<str:act>/", tasks.on_branch_task, name="on_branch_task"),
]
