"""Every page for people. Addresses use numbers, never names: a name in an address ends up in logs and histories."""

from django.urls import path, register_converter

from chainmap.web import accounts, chain, party
from chainmap.web.downloads import BottlenecksFormat, bottlenecks_download

app_name = "chainmap"

register_converter(BottlenecksFormat, "bottlenecks_format")

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
]
