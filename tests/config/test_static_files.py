"""Files a browser may keep for ever name each other by their marks; scripts of others are used only where they are."""

from __future__ import annotations

from chainmap.templatetags.chainmap_map import map_library
from config.static_files import StaticFiles


def test_imports_of_our_modules_name_marked_files(tmp_path):
    """And nothing else in them is changed."""
    (tmp_path / "chainmap/js").mkdir(parents=True)
    texts = {
        "chainmap/js/face.js": 'import { one } from "./part.js";\nexport { two } from "./part.js";\nlet no = "./no.js"',
        "chainmap/js/part.js": "export const one = 1;\nexport const two = 2;\n",
        "other/face.js": 'import { one } from "./gone.js";\n',
    }
    for name, text in texts.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    storage = StaticFiles(location=tmp_path, base_url="/static/")
    for name, _marked, processed in storage.post_process({name: (storage, name) for name in texts}):
        assert not isinstance(processed, Exception), (name, processed)
    part = storage.stored_name("chainmap/js/part.js").rpartition("/")[2]
    assert part != "part.js"
    face = (tmp_path / storage.stored_name("chainmap/js/face.js")).read_text()
    assert face == texts["chainmap/js/face.js"].replace("part.js", part)


def test_without_the_library_a_map_gets_no_address_of_it(settings, tmp_path):
    settings.CHAINMAP_BROWSER_CODE = tmp_path
    assert map_library("sigma") == ""
    (tmp_path / "sigma.min.js").write_text("")
    assert map_library("sigma").endswith("chainmap/vendor/sigma.min.js")
