"""What a template may be made of: what Word writes by itself, without what runs or fetches anything."""

from measures.word.faults import ELSEWHERE, PROGRAMS, gettext_noop

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships/"
MICROSOFT = "http://schemas.microsoft.com/office/"
STRICT = "http://purl.oclc.org/ooxml/officeDocument/relationships/"

HYPERLINK = OFFICE + "hyperlink"
CORE = PACKAGE + "metadata/core-properties"
CORE_OF_LIBREOFFICE = (
    "http://schemas.openxmlformats.org/officedocument/2006/relationships/metadata/core-properties"
)
PRINTER = OFFICE + "printerSettings"  # bytes for a printer's driver, which no report takes over
RELATIONS_TYPE = "application/vnd.openxmlformats-package.relationships+xml"
MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
CUSTOM = "application/xml"  # data that nothing draws: a cover page's fields, sources of quotations
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml."
_DRAWING = "application/vnd.openxmlformats-officedocument.drawingml."
_OFFICE = "application/vnd.openxmlformats-officedocument."

# Each kind of picture with what its bytes begin with. Readers go by the bytes, not by the type: an SVG under
# the name of a PNG would be drawn, and fetch what it links to.
PICTURES = {
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/jpg": (b"\xff\xd8\xff",),
    "image/gif": (b"GIF87a", b"GIF89a"),
    "image/bmp": (b"BM",),
    "image/tiff": (b"II*\0", b"MM\0*"),
    "image/x-emf": (b"\1\0\0\0",),
    "image/x-wmf": (b"\xd7\xcd\xc6\x9a", b"\1\0\x09\0", b"\2\0\x09\0"),
    "image/vnd.ms-photo": (b"II\xbc",),
}

# The relation types that a template may have, each with the content types of what it may lead to.
RELATIONS: dict[str, tuple[str, ...]] = {
    OFFICE + "officeDocument": (MAIN,),
    OFFICE + "extended-properties": (_OFFICE + "extended-properties+xml",),
    OFFICE + "custom-properties": (_OFFICE + "custom-properties+xml",),
    **dict.fromkeys(
        (CORE, CORE_OF_LIBREOFFICE), ("application/vnd.openxmlformats-package.core-properties+xml",)
    ),
    PRINTER: (_WORD + "printerSettings",),
    PACKAGE + "metadata/thumbnail": tuple(PICTURES),
    OFFICE + "glossaryDocument": (_WORD + "document.glossary+xml",),
    **{
        OFFICE + name: (f"{_WORD}{name}+xml",)
        for name in (
            *("styles", "numbering", "settings", "webSettings", "fontTable", "header", "footer"),
            *("footnotes", "endnotes", "comments"),
        )
    },
    OFFICE + "theme": (_OFFICE + "theme+xml",),
    OFFICE + "themeOverride": (_OFFICE + "themeOverride+xml",),
    OFFICE + "customXml": (CUSTOM,),
    OFFICE + "customXmlProps": (_OFFICE + "customXmlProperties+xml",),
    OFFICE + "image": tuple(PICTURES),
    **{
        OFFICE + name: (f"{_DRAWING}{name}+xml",)
        for name in ("diagramData", "diagramLayout", "diagramColors")
    },
    OFFICE + "diagramQuickStyle": (_DRAWING + "diagramStyle+xml",),
    MICROSOFT + "2007/relationships/diagramDrawing": (
        "application/vnd.ms-office.drawingml.diagramDrawing+xml",
    ),
    MICROSOFT + "2007/relationships/hdphoto": ("image/vnd.ms-photo",),
    MICROSOFT + "2007/relationships/stylesWithEffects": ("application/vnd.ms-word.stylesWithEffects+xml",),
    MICROSOFT + "2011/relationships/commentsExtended": (_WORD + "commentsExtended+xml",),
    MICROSOFT + "2016/09/relationships/commentsIds": (_WORD + "commentsIds+xml",),
    MICROSOFT + "2018/08/relationships/commentsExtensible": (_WORD + "commentsExtensible+xml",),
    MICROSOFT + "2011/relationships/people": (_WORD + "people+xml",),
    MICROSOFT + "2019/05/relationships/documenttasks": ("application/vnd.ms-office.documenttasks+xml",),
    MICROSOFT + "2019/09/relationships/intelligence": ("application/vnd.ms-office.intelligence+xml",),
    MICROSOFT + "2020/10/relationships/intelligence": ("application/vnd.ms-office.intelligence2+xml",),
    MICROSOFT + "2020/02/relationships/classificationlabels": (
        "application/vnd.ms-office.classificationlabels+xml",
    ),
}
PRINTER_TYPE = _WORD + "printerSettings"
FOOTNOTES_TYPE = _WORD + "footnotes+xml"
# Parts of which the text is filled.
WITH_FIELDS = {MAIN, *(f"{_WORD}{name}+xml" for name in ("header", "footer", "footnotes"))}
CONTENT_TYPES = {RELATIONS_TYPE, *(kind for kinds in RELATIONS.values() for kind in kinds)}

STRICT_DOCUMENT = gettext_noop(
    "This is a “Strict Open XML Document”. In Word, save it as “Word Document (.docx)”."
)
OTHER_TEMPLATE = gettext_noop(
    "It is attached to another Word template. In Word, attach Normal.dotm (Developer, Document Template)."
)
FONTS = gettext_noop("It contains fonts. In Word's options, under Save, turn off embedding fonts.")
CHART = gettext_noop("It contains a chart or an embedded file. Paste it as a picture instead.")
# By the last word of a relation type: a message to use instead of the general one.
REFUSED_RELATIONS = {
    "attachedTemplate": OTHER_TEMPLATE,
    "font": FONTS,
    **dict.fromkeys(("chart", "chartEx", "package"), CHART),
    **dict.fromkeys(
        (
            *("vbaProject", "wordVbaData", "oleObject", "control", "activeXControlBinary", "extensibility"),
            *("keyMapCustomizations", "attachedToolbars", "webextension", "webextensiontaskpanes"),
        ),
        PROGRAMS,
    ),
    **dict.fromkeys(
        (
            *("aFChunk", "subDocument", "frame", "mailMergeSource", "mailMergeHeaderSource", "recipientData"),
            *("transform", "video", "audio", "media", "externalLink"),
        ),
        ELSEWHERE,
    ),
}

# Elements that run or fetch something, by their local name: an attacker chooses the prefix and the namespace.
REFUSED_ELEMENTS = {
    **dict.fromkeys(
        (
            *("object", "OLEObject", "control", "ocx", "entryMacro", "exitMacro", "mcd", "macro"),
            *("webextension", "webVideoPr"),
        ),
        PROGRAMS,
    ),
    **dict.fromkeys(
        (
            *(
                "altChunk",
                "subDoc",
                "frameset",
                "frame",
                "sourceFileName",
                "mailMerge",
                "dataSource",
                "query",
            ),
            *("connectString", "headerSource", "saveThroughXslt", "movie", "videoFile", "audioFile"),
            *("quickTimeFile", "wavAudioFile", "audioCd", "contentPart", "schemaLibrary", "externalData"),
        ),
        ELSEWHERE,
    ),
    "attachedTemplate": OTHER_TEMPLATE,
    **dict.fromkeys(
        ("embedRegular", "embedBold", "embedItalic", "embedBoldItalic"),
        FONTS,
    ),
}
# Elements that may name a relation to an address outside the file.
LINKS = {"hyperlink", "hlinkClick", "hlinkHover", "hlinkMouseOver"}

# Field codes that compute from the document itself. Those that read files or ask other programs are left out.
WORD_FIELDS = {
    *(
        "PAGE",
        "NUMPAGES",
        "SECTION",
        "SECTIONPAGES",
        "PAGEREF",
        "REF",
        "NOTEREF",
        "STYLEREF",
        "SEQ",
        "LISTNUM",
    ),
    *("DATE", "TIME", "CREATEDATE", "SAVEDATE", "PRINTDATE", "EDITTIME"),
    *(
        "TOC",
        "TC",
        "INDEX",
        "XE",
        "TOA",
        "TA",
        "CITATION",
        "BIBLIOGRAPHY",
        "AUTONUM",
        "AUTONUMLGL",
        "AUTONUMOUT",
    ),
    *("AUTHOR", "TITLE", "SUBJECT", "KEYWORDS", "COMMENTS", "LASTSAVEDBY", "REVNUM", "TEMPLATE", "FILENAME"),
    *("FILESIZE", "NUMWORDS", "NUMCHARS", "DOCPROPERTY", "DOCVARIABLE", "INFO", "USERNAME", "USERINITIALS"),
    *("HYPERLINK", "IF", "COMPARE", "QUOTE", "SET", "EQ", "SYMBOL", "ADVANCE", "SHAPE"),
    *("FORMTEXT", "FORMCHECKBOX", "FORMDROPDOWN"),
}
