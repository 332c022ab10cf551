"""Names that Office writes into its files, and addresses of every scheme, good and bad."""

import pytest

from measures.word.known import RELATIONS as KNOWN_RELATIONS
from measures.word.known import WORD_FIELDS
from tests.word_make import MICROSOFT, OFFICE, PACKAGE, STRICT, WORD

pytestmark = pytest.mark.no_database
HYPERLINK = OFFICE + "hyperlink"
# ECMA-376 parts 1 and 2, [MS-DOCX], [MS-OE376], and what else Office writes: names after the last slash.
OFFICE_RELATIONS = (
    *("aFChunk", "activeXControlBinary", "attachedTemplate", "attachedToolbars", "audio", "bibliography"),
    *("calcChain", "chart", "chartUserShapes", "chartsheet", "commentAuthors", "comments", "connections"),
    *(
        "control",
        "ctrlProp",
        "custom-properties",
        "customProperty",
        "customXml",
        "customXmlProps",
        "dialogsheet",
    ),
    *("diagramColors", "diagramData", "diagramLayout", "diagramQuickStyle", "drawing", "endnotes"),
    *("extended-properties", "externalLink", "externalLinkPath", "font", "fontTable", "footer", "footnotes"),
    *("frame", "functionPrototypes", "glossaryDocument", "graphicFrameDoc", "groupShapeXml", "handoutMaster"),
    *(
        "header",
        "htmlPubSaveAs",
        "image",
        "legacyDiagramText",
        "mailMergeHeaderSource",
        "mailMergeRecipientData",
    ),
    *("mailMergeSource", "media", "notesMaster", "notesSlide", "numbering", "officeDocument", "oleObject"),
    *("package", "pivotCacheDefinition", "presProps", "printerSettings", "queryTable", "recipientData"),
    *("revisionHeaders", "settings", "sharedStrings", "sheetMetadata", "slide", "slideLayout", "slideMaster"),
    *(
        "slideUpdateInfo",
        "slideUpdateUrl",
        "styles",
        "subDocument",
        "table",
        "tableSingleCells",
        "tableStyles",
    ),
    *("tags", "theme", "themeOverride", "transform", "usernames", "video", "viewProps", "vmlDrawing"),
    *(
        "volatileDependencies",
        "webSettings",
        "worksheet",
        "xmlMaps",
        "hyperlinkX",
        "HYPERLINK",
        "a/hyperlink",
    ),
)
MICROSOFT_RELATIONS = (
    *(
        "2006/relationships/vbaProject",
        "2006/relationships/wordVbaData",
        "2006/relationships/attachedToolbars",
    ),
    *("2006/relationships/keyMapCustomizations", "2006/relationships/activeXControlBinary"),
    *("2006/relationships/ui/extensibility", "2007/relationships/ui/extensibility"),
    *("2006/relationships/ui/userCustomization", "2006/relationships/xlMacrosheet"),
    *("2006/relationships/legacyDocTextInfo", "2006/relationships/stylesWithtEffects"),
    *("2007/relationships/media", "2007/relationships/slicer", "2007/relationships/customDataProps"),
    *("2011/relationships/webextension", "2011/relationships/webextensiontaskpanes"),
    *("2011/relationships/chartStyle", "2011/relationships/chartColorStyle", "2014/relationships/chartEx"),
    *("2017/06/relationships/model3d", "2017/10/relationships/threadedComment"),
    *("2017/06/relationships/rdRichValue", "2020/07/relationships/rdRichValueWebImage"),
)
PACKAGE_RELATIONS = (
    *("digital-signature/origin", "digital-signature/signature", "digital-signature/certificate"),
    "metadata/other",
)
EVERY_RELATION = (
    *(OFFICE + name for name in OFFICE_RELATIONS),
    *(STRICT + name for name in (*OFFICE_RELATIONS, "hyperlink")),
    *(MICROSOFT + name for name in MICROSOFT_RELATIONS),
    *(PACKAGE + name for name in PACKAGE_RELATIONS),
    *KNOWN_RELATIONS,
    *("", "hyperlink", "urn:anything", "http://example.com/hyperlink", OFFICE + "image/hyperlink"),
    *(HYPERLINK + "?", " " + HYPERLINK, HYPERLINK + "/", HYPERLINK.replace("http:", "https:")),
)
EVERY_CONTENT_TYPE = (
    *(WORD + name for name in ("document.macroEnabled.main+xml", "template.main+xml", "printerSettingsX")),
    *("application/vnd.ms-word.document.macroEnabled.main+xml", "application/vnd.ms-office.vbaProject"),
    *(
        "application/vnd.ms-word.template.macroEnabledTemplate.main+xml",
        "application/vnd.ms-word.vbaData+xml",
    ),
    *("application/vnd.ms-word.keyMapCustomizations+xml", "application/vnd.ms-word.attachedToolbars"),
    *(
        "application/vnd.ms-office.activeX",
        "application/vnd.ms-office.activeX+xml",
        "application/x-msdownload",
    ),
    *("application/vnd.ms-office.webextension+xml", "application/vnd.ms-office.webextensiontaskpanes+xml"),
    *("application/vnd.openxmlformats-officedocument.oleObject", "application/octet-stream"),
    *(
        "application/vnd.openxmlformats-officedocument.package",
        "application/vnd.ms-excel",
        "application/msword",
    ),
    *("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "application/x-ole-storage"),
    *("application/vnd.openxmlformats-officedocument.vmlDrawing", "application/rtf", "text/rtf", "text/html"),
    *("application/vnd.openxmlformats-officedocument.drawingml.chart+xml", "message/rfc822", "text/plain"),
    *("application/vnd.openxmlformats-officedocument.obfuscatedFont", "application/x-fontdata", "text/xml"),
    *("application/xhtml+xml", "application/javascript", "application/x-font-ttf", "application/pdf"),
    *("application/inkml+xml", "image/svg+xml", "image/x-eps", "image/pict", "image/webp", "audio/mpeg"),
    *("video/mp4", "model/gltf.binary", "application/XML", "application/xml; charset=utf-7", "", "*/*"),
)
# ECMA-376 part 1, 17.16.5, [MS-OI29500], and Word's dialog: every field that there is.
EVERY_FIELD = (
    *("ADDIN", "ADDRESSBLOCK", "ADVANCE", "ASK", "AUTHOR", "AUTONUM", "AUTONUMLGL", "AUTONUMOUT", "AUTOTEXT"),
    *("AUTOTEXTLIST", "BARCODE", "BIBLIOGRAPHY", "BIDIOUTLINE", "CITATION", "COMMENTS", "COMPARE", "CONTROL"),
    *(
        "CREATEDATE",
        "DATA",
        "DATABASE",
        "DATE",
        "DDE",
        "DDEAUTO",
        "DISPLAYBARCODE",
        "DOCPROPERTY",
        "DOCVARIABLE",
    ),
    *(
        "EDITTIME",
        "EMBED",
        "EQ",
        "FILENAME",
        "FILESIZE",
        "FILLIN",
        "FORMCHECKBOX",
        "FORMDROPDOWN",
        "FORMTEXT",
    ),
    *(
        "FTNREF",
        "GLOSSARY",
        "GOTOBUTTON",
        "GREETINGLINE",
        "HTMLACTIVEX",
        "HYPERLINK",
        "IF",
        "IMPORT",
        "INCLUDE",
    ),
    *("INCLUDEPICTURE", "INCLUDETEXT", "INDEX", "INFO", "KEYWORDS", "LASTSAVEDBY", "LINK", "LISTNUM"),
    *(
        "MACRO",
        "MACROBUTTON",
        "MERGEBARCODE",
        "MERGEFIELD",
        "MERGEREC",
        "MERGESEQ",
        "NEXT",
        "NEXTIF",
        "NOTEREF",
    ),
    *(
        "NUMCHARS",
        "NUMPAGES",
        "NUMWORDS",
        "PAGE",
        "PAGEREF",
        "PRINT",
        "PRINTDATE",
        "PRIVATE",
        "QUOTE",
        "RD",
        "REF",
    ),
    *(
        "REVNUM",
        "SAVEDATE",
        "SECTION",
        "SECTIONPAGES",
        "SEQ",
        "SET",
        "SHAPE",
        "SKIPIF",
        "STYLEREF",
        "SUBJECT",
    ),
    *("SUBSCRIBER", "SYMBOL", "TA", "TC", "TEMPLATE", "TIME", "TITLE", "TOA", "TOC", "USERADDRESS"),
    *("USERINITIALS", "USERNAME", "XE", "bookmark", "日期", "DDEAUTO\\c", "PAGEX", "PAGE.REF"),
)
BAD_FIELDS = [code for code in EVERY_FIELD if code not in WORD_FIELDS]
BAD_ADDRESSES = (
    *("javascript:alert(1)", "JaVaScRiPt:alert(1)", "vbscript:x", "data:text/html,x", "file:///etc/passwd"),
    *(
        "file://host/share/a.dotm",
        "\\\\host\\share",
        "//host/share",
        "/\\host",
        "ms-word:ofe|u|http://a/",
        "ftp://a/",
    ),
    *(
        "ms-msdt:/id",
        "search-ms:query=x",
        "mhtml:http://a/!x",
        "jar:http://a/",
        "res://a",
        "about:blank",
        "tel:1",
    ),
    *(
        "a.docx",
        "../a.docx",
        "C:\\a.exe",
        "http:\\\\host\\a",
        "http:/a",
        "http://",
        "http:a",
        "https:///a",
        "mailto:",
    ),
    *(
        "http://a/ b",
        "http://a\\b",
        "http://a/\u00a0b",
        " javascript:x",
        "java\tscript:x",
        "http\u200b://a",
        "cid:x",
    ),
    *("http://a/" + "b" * 2048, "#a b", "#", "#a:b", "smb://host/a", "ldap://host/", "view-source:http://a/"),
)
GOOD_ADDRESSES = (
    "http://example.com",
    "HTTPS://example.com/a?b=c&amp;d=e#f",
    "http://[::1]:80/",
    "mailto:a@b.cn",
)
