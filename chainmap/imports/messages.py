"""The words of every import error and warning, by code: the reason, and what the reader can do about it.

``%(value)s`` and ``%(column)s`` are the cell; other names are facts given where the error is found.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _


class Message(NamedTuple):
    """Two translatable sentences."""

    reason: Any
    remedy: Any


_SAVE_AGAIN = _("Open the file in your spreadsheet program and save it as CSV UTF-8 or as XLSX.")
_SAVE_AS_PLAIN_WORKBOOK = _("Copy the table into a new workbook and save it as XLSX, or save it as CSV UTF-8.")
_SPLIT = _("Keep only the rows and columns to import, or split the file.")
_ONE_OF_THEM = _("Keep one of the two rows.")
_SAVE_GRAPH_AGAIN = _("Save it as GraphML in UTF-8 in the program it comes from, such as yEd.")

#: Reasons to refuse a whole file.
REFUSALS: dict[str, Message] = {
    "file_empty": Message(_("The file is empty."), _("Choose a file with a header line and at least one row.")),
    "file_too_big": Message(_("The file has %(size)s MB; the limit is %(limit)s MB."), _SPLIT),
    "not_utf8": Message(_("The file is not UTF-8 text: %(detail)s."), _SAVE_AGAIN),
    "nul_byte": Message(_("The file has NUL bytes: it is not a text file, or it is UTF-16."), _SAVE_AGAIN),
    "unknown_format": Message(
        _("The file is neither a CSV text nor an XLSX workbook; it looks like %(looks)s."), _SAVE_AGAIN
    ),
    "column_missing": Message(
        _("The column “%(column)s” is missing. The header line has: %(found)s."),
        _("Add the column to the header line, spelled like this."),
    ),
    "column_repeated": Message(
        _("The column “%(column)s” stands in the header line more than once."), _("Rename or remove one of them.")
    ),
    "too_many_columns": Message(_("The header line has %(count)s columns; the limit is %(limit)s."), _SPLIT),
    "too_many_rows": Message(_("The file has more than %(limit)s rows."), _SPLIT),
    "no_rows": Message(_("The file has a header line and no rows."), _("Add at least one row under the header line.")),
    "unclosed_quote": Message(
        _("A quotation mark that opens in this row is never closed."),
        _('Close it, or write a quotation mark inside a text twice: "".'),
    ),
    "bad_quote": Message(
        _("Text follows directly on a closing quotation mark."),
        _('Put the whole cell in quotation marks and write a quotation mark inside it twice: "".'),
    ),
    "field_too_long": Message(
        _("A cell of this row has more than %(limit)s characters."),
        _("Shorten it; if no cell is that long, close the quotation mark that opens in this row."),
    ),
    "zip_broken": Message(_("The workbook is damaged: %(detail)s."), _SAVE_AGAIN),
    "zip_members": Message(_("The workbook has %(count)s parts; the limit is %(limit)s."), _SAVE_AS_PLAIN_WORKBOOK),
    "zip_too_large": Message(
        _("The workbook unpacks to %(size)s MB; the limit is %(limit)s MB."), _SAVE_AS_PLAIN_WORKBOOK
    ),
    "zip_ratio": Message(
        _("The workbook unpacks to %(ratio)s times its size; the limit is %(limit)s."), _SAVE_AS_PLAIN_WORKBOOK
    ),
    "zip_false_size": Message(
        _("A part of the workbook, “%(value)s”, has another size than the workbook says."), _SAVE_AS_PLAIN_WORKBOOK
    ),
    "zip_path": Message(
        _("A part of the workbook has the unsafe or repeated name “%(value)s”."), _SAVE_AS_PLAIN_WORKBOOK
    ),
    "zip_nested": Message(_("The workbook contains another archive, “%(value)s”."), _SAVE_AS_PLAIN_WORKBOOK),
    "zip_method": Message(
        _("The part “%(value)s” of the workbook is encrypted or packed in an unusual way."), _SAVE_AS_PLAIN_WORKBOOK
    ),
    "workbook_macro": Message(_("The workbook contains macros, “%(value)s”."), _SAVE_AS_PLAIN_WORKBOOK),
    "workbook_external": Message(_("The workbook links to other files, “%(value)s”."), _SAVE_AS_PLAIN_WORKBOOK),
    "workbook_dtd": Message(
        _("The part “%(value)s” of the workbook defines its own XML entities (DTD)."), _SAVE_AS_PLAIN_WORKBOOK
    ),
    "workbook_unreadable": Message(_("The workbook cannot be read: its content is not valid XLSX."), _SAVE_AGAIN),
    "workbook_too_heavy": Message(
        _("Reading the workbook takes too much memory or time."),
        _("Remove cells far away from the table and very long repeated texts, or save the table as CSV UTF-8."),
    ),
    "workbook_system": Message(
        _("Workbooks can be read on Linux only, and this server runs on another system."),
        _("Save the table as CSV UTF-8 and upload that file."),
    ),
    "workbook_no_sheet": Message(
        _("The workbook has no visible sheet with content."), _("Put the table on a visible sheet.")
    ),
    "graph_unreadable": Message(_("The file is not XML that can be read: %(detail)s."), _SAVE_GRAPH_AGAIN),
    "graph_foreign": Message(_("The file is XML, but not GraphML: it begins with “%(value)s”."), _SAVE_GRAPH_AGAIN),
    "graph_dtd": Message(
        _("The file has a DOCTYPE, which could define entities of its own (DTD)."),
        _("Remove the DOCTYPE; no program that writes GraphML needs it."),
    ),
    "graph_deep": Message(
        _("Elements stand inside one another more than %(limit)s times."),
        _("Take groups out of groups, and save the graph again."),
    ),
    "graph_empty": Message(
        _("There is no party (node) in the graph."), _("Draw at least one party, and save it again.")
    ),
}

#: Reasons to reject a row.
REJECTIONS: dict[str, Message] = {
    "extra_cells": Message(
        _("The row has %(count)s cells, the header line has %(limit)s."),
        _("Put a cell that contains the separator in quotation marks, or remove the extra cells."),
    ),
    "cell_too_long": Message(
        _("The cell has %(count)s characters; the limit is %(limit)s."),
        _("Shorten it; if it is not that long, look for a quotation mark that is not closed."),
    ),
    "required": Message(_("The column “%(column)s” is empty."), _("Fill it in, or remove the row.")),
    "too_long": Message(
        _("“%(value)s” has %(count)s characters; the limit of the column “%(column)s” is %(limit)s."), _("Shorten it.")
    ),
    "not_a_number": Message(
        _("“%(value)s” is not a plain number of at most %(limit)s digits."),
        _("Write digits 0 to 9 with a decimal point, such as 7 or 7.5."),
    ),
    "volume_range": Message(
        _("The volume %(value)s is not above 0."), _("Write a number above 0, or leave it empty for 1.")
    ),
    "capacity_range": Message(
        _("The capacity %(value)s is below 0."), _("Write 0 or more, or leave it empty for the usual one.")
    ),
    "score_range": Message(
        _("The score %(value)s is outside its scale, %(low)s to %(high)s."),
        _("Correct the score, or name the scale in the columns scale_min and scale_max."),
    ),
    "scale_empty": Message(
        _("The scale from %(low)s to %(high)s is empty."), _("Write a scale_min that is below scale_max.")
    ),
    "scale_incomplete": Message(
        _("Only one end of the scale is given."), _("Fill in both scale_min and scale_max, or neither (0 to 10).")
    ),
    "unknown_kind": Message(
        _("“%(value)s” is not a kind of party."), _("Write employee, end_customer or external_supplier.")
    ),
    "bad_email": Message(_("“%(value)s” is not an e-mail address."), _("Correct it, or leave it empty.")),
    "bad_date": Message(
        _("“%(value)s” is not a date."), _("Write year-month-day, such as 2025-03-31, or leave it empty.")
    ),
    "bad_timestamp": Message(
        _("“%(value)s” is not a point in time."),
        _("Write it as 2025-03-31 or 2025-03-31T14:05:00, with +01:00 or Z for the time zone (else UTC)."),
    ),
    "duplicate_id": Message(
        _("The id “%(value)s” already stands in line %(first)s."), _("Give each party its own id, or keep one row.")
    ),
    "duplicate_email": Message(
        _("The e-mail address “%(value)s” already stands in line %(first)s (capital letters make no difference)."),
        _("Give each person a different address, or keep one row."),
    ),
    "self_handoff": Message(
        _("“%(value)s” is both supplier and customer."), _("Name two different parties, or remove the row.")
    ),
    "duplicate_handoff": Message(
        _("The same supplier, customer and deliverable already stand in line %(first)s."),
        _("Keep one of the two rows, or name different deliverables."),
    ),
    "duplicate_rating": Message(
        _("The same rater already rates this hand-off on the same date in line %(first)s."), _ONE_OF_THEM
    ),
    "self_rating": Message(
        _("The rater “%(value)s” is the supplier: nobody rates the own work."),
        _("Name a rater on the receiving side, or leave it empty for the customer."),
    ),
    "ambiguous_deliverable": Message(
        _("There are several hand-offs from “%(supplier)s” to “%(customer)s”: %(choices)s."),
        _("Name in the column deliverable which of them is rated."),
    ),
    "reserved_name": Message(
        _("The resource “%(value)s” begins with “%(prefix)s”, which marks end customers."),
        _("Rename the resource in the file."),
    ),
    "unknown_node": Message(
        _("There is no party “%(value)s” in the graph that this line could begin or end at."),
        _("Let it begin and end at a party (not at a group), or remove the line."),
    ),
    "undirected_edge": Message(
        _("The line has no direction: nobody can tell who hands over to whom."),
        _("Draw it as an arrow; in GraphML: edgedefault=directed."),
    ),
}

#: Worth knowing; nothing is rejected.
WARNINGS: dict[str, Message] = {
    "unknown_column": Message(
        _("The column “%(column)s” is not known and was not read."), _("Columns that are read: %(known)s.")
    ),
    "unnamed_column": Message(
        _("Column number %(number)s has no name and was not read."), _("Name it in the header line, or remove it.")
    ),
    "other_sheets": Message(
        _("Only one sheet, the first with content, was read, not: %(sheets)s."),
        _("Import each other sheet as its own file."),
    ),
    "formula_errors": Message(
        _("The workbook has cells with a formula error, such as #N/A; they were read as empty."),
        _("Repair the formulas if these cells matter."),
    ),
    "graph_nameless": Message(
        _("Parties without a name and a label: %(count)s. Their ids stand for it; the first is “%(value)s”."),
        _("Write a label on each of them if they have names."),
    ),
    "graph_not_read": Message(
        _("The graph has elements “%(value)s”, which were not read."),
        _("Draw hand-offs as arrows from party to party."),
    ),
}

MESSAGES: dict[str, Message] = REFUSALS | REJECTIONS | WARNINGS
