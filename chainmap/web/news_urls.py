"""The addresses of news and of the choice how often they are mailed."""

from django.urls import path

from chainmap.web import mail_pages, news

_NEWS = "organizations/<int:organization>/me/news/"

news_urls = [
    path(_NEWS, news.news_page, name="news"),
    path(_NEWS + "seen/", news.news_all_read, name="news_seen"),
    path(_NEWS + "mail/", news.news_mail, name="news_mail"),
    path("mail/<str:token>/", mail_pages.mail_choice, name="mail_choice"),
]
