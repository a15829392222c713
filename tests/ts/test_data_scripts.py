"""The data scripts, run as a browser runs them: what a document says is what its page gets, whatever it says."""

from __future__ import annotations

import json
import subprocess

from hypothesis import given, settings
from hypothesis import strategies as st

from generator.render.browserdata import as_script
from generator.toolchain import find_node

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
SHOW = ";process.stdout.write(JSON.stringify(aicrData.x()))"


@settings(max_examples=25, deadline=None)
@given(st.lists(JSON, max_size=30))
def test_a_page_gets_what_its_document_says(values: list[object]) -> None:
    document = [*values, 'it\'s \\ "so"\u2028\u2029\n</script>']
    node, _ = find_node()
    done = subprocess.run(
        [str(node), "-"], input=as_script("x", document) + SHOW.encode(), capture_output=True, check=True
    )
    assert json.loads(done.stdout) == document


def test_it_is_one_line() -> None:
    assert as_script("x", ["a\nb", {"c": "\r"}]).count(b"\n") == 1
