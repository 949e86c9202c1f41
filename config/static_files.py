"""Where the marked and compressed files come from that browsers may keep for ever."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFiles(CompressedManifestStaticFilesStorage):
    """Also the imports of the modules written here name marked files, so that no old one is mixed with a new one."""

    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        (
            "chainmap/js/*.js",
            (
                (
                    r"""(?P<matched>from\s+["'](?P<url>\./[\w.]+\.js)["'])""",
                    """from "%(url)s\"""",
                ),
            ),
        ),
    )
