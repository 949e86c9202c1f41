"""The addresses of reports that are taken away: files, links, mails, who leads which team, and the audit log."""

from django.urls import URLPattern, path

from chainmap.web import (
    audit_pages,
    kept_file_pages,
    report_link_pages,
    report_mail_pages,
    shared_pages,
    team_lead_pages,
)

_ORGANIZATION = "organizations/<int:organization>/"
_FILE = _ORGANIZATION + "files/<int:file>/"

report_job_urls: list[URLPattern] = [
    path(_ORGANIZATION + "files/", kept_file_pages.kept_files, name="kept_files"),
    path(_ORGANIZATION + "files/ask/", kept_file_pages.kept_file_new, name="kept_file_ask"),
    path(_FILE, kept_file_pages.kept_file, name="kept_file"),
    path(_FILE + "progress.json", kept_file_pages.kept_file_progress, name="kept_file_progress"),
    path(_FILE + "download/", kept_file_pages.kept_file_download, name="kept_file_download"),
    path(_FILE + "share/", report_link_pages.report_link_new, name="report_link_new"),
    path(_ORGANIZATION + "report-links/", report_link_pages.report_links, name="report_links"),
    path(
        _ORGANIZATION + "report-links/<int:shared_link>/end/",
        report_link_pages.report_link_stop,
        name="report_link_end",
    ),
    path("shared/<str:shared>/", shared_pages.shared, name="shared"),
    path(_ORGANIZATION + "report-mails/", report_mail_pages.report_mails, name="report_mails"),
    path(
        _ORGANIZATION + "report-mails/<int:schedule>/end/",
        report_mail_pages.report_mail_stop,
        name="report_mail_stop",
    ),
    path("mail/<str:schedule_token>/report/", report_mail_pages.report_mail_end, name="report_mail_end"),
    path(_ORGANIZATION + "team-leads/", team_lead_pages.team_leads, name="team_leads"),
    path(_ORGANIZATION + "team-leads/<int:lead>/end/", team_lead_pages.team_lead_end, name="team_lead_end"),
    path(_ORGANIZATION + "audit/", audit_pages.audit, name="audit"),
    path(_ORGANIZATION + "audit.csv", audit_pages.audit_download, name="audit_download"),
]
