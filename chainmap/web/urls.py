"""Every page for people. Addresses use numbers, never names: a name in an address ends up in logs and histories."""

from django.urls import path

from chainmap.web import accounts, chain, party
from chainmap.web.answer_urls import answer_urls
from chainmap.web.coach_urls import coach_urls
from chainmap.web.downloads import bottlenecks_download
from chainmap.web.own_urls import own_urls
from chainmap.web.round_urls import round_urls

app_name = "chainmap"

urlpatterns = [
    path("", chain.home, name="home"),
    path("sign-in/", accounts.SignIn.as_view(), name="sign_in"),
    path("sign-out/", accounts.SignOut.as_view(), name="sign_out"),
    path("organizations/<int:organization>/", chain.chain_page, name="chain"),
    path(
        "organizations/<int:organization>/bottlenecks.<bottlenecks_format:format>",
        bottlenecks_download,
        name="bottlenecks_download",
    ),
    path("organizations/<int:organization>/parties/<int:party>/", party.party_page, name="party"),
    *round_urls,
    *answer_urls,
    *own_urls,
    *coach_urls,
]
