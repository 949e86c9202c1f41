"""What the commands that write files share: the organization by its name, and where the file goes."""

from __future__ import annotations

import sys
from pathlib import Path

from django.core.management.base import CommandError, OutputWrapper
from django.utils.translation import gettext as _

from chainmap.access import OPERATOR, NotFound
from chainmap.exports.files import ExportFile
from chainmap.models import Organization
from chainmap.services.organizations import organization_named, organizations_list

#: Names a command lists where the one it was given is none.
MOST_NAMES = 20
_TEXT = ("text/", "application/json", "application/graphml+xml", "application/gexf+xml", "image/svg+xml")


def organization_called(name: str) -> Organization:
    """The organization of that name. Raises CommandError with the names there are."""
    try:
        return organization_named(name=name)
    except NotFound as error:
        known = ", ".join(found.name for found in organizations_list(actor=OPERATOR)[:MOST_NAMES]) or _("none yet")
        raise CommandError(
            _("There is no organization %(name)r. Known: %(known)s.") % {"name": name, "known": known}
        ) from error


def hand_over(file: ExportFile, output: str | None, out: OutputWrapper) -> None:
    """Write the file to the path ``output``, or to standard output; CommandError for bytes on a terminal."""
    if output:
        try:
            Path(output).write_bytes(file.content)
        except OSError as error:
            raise CommandError(
                _("%(path)s cannot be written: %(reason)s") % {"path": output, "reason": error.strerror}
            ) from error
        out.write(_("Written: %(path)s") % {"path": output})
    elif file.content_type.startswith(_TEXT):
        out.write(file.content.decode("utf-8"), ending="")
    elif out.isatty():
        raise CommandError(_("This format is no text for a terminal; give --output FILE."))
    else:
        sys.stdout.buffer.write(file.content)
