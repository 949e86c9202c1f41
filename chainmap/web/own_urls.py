"""The addresses of "my page" and of what two people agree: one list a part."""

from chainmap.web.assessment_urls import assessment_urls
from chainmap.web.handoff_urls import handoff_urls
from chainmap.web.me_urls import me_urls
from chainmap.web.news_urls import news_urls
from chainmap.web.story_urls import story_urls
from chainmap.web.talk_urls import talk_urls

own_urls = [*me_urls, *handoff_urls, *talk_urls, *story_urls, *assessment_urls, *news_urls]
