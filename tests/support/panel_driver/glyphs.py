"""Finds what of a panel's words cannot be read whole: measured in the page, glyph against edge."""

from __future__ import annotations

CUT_GLYPHS = """(panel) => {
    const pen = document.createElement("canvas").getContext("2d");
    const wrong = new Set();
    const note = (how, node, text = node.textContent) => {
        const { className } = node.parentElement;
        wrong.add(`${how}: ${text.trim().slice(0, 40)} <${node.className || className}>`);
    };
    const isShown = (node) => node.checkVisibility({ visibilityProperty: true });
    const measure = (style, text) => {
        pen.font = style.font;
        return pen.measureText(text);
    };

    // From where to where the ink of a text reaches, of a line box that is higher.
    const inkOf = (style, text, { top, height }) => {
        const size = measure(style, text);
        const { fontBoundingBoxAscent: above, fontBoundingBoxDescent: below } = size;
        const baseline = top + (height * above) / (above + below);
        return [baseline - size.actualBoundingBoxAscent, baseline + size.actualBoundingBoxDescent];
    };
    // What cuts a text off, and whether it ends it in dots; undefined where it is for screen readers alone.
    const cuttersOf = (node) => {
        const found = [];
        let isInline = true;
        for (let each = node.parentElement; each; each = each.parentElement) {
            const style = getComputedStyle(each);
            const { display, overflowX, overflowY, textOverflow } = style;
            if (style.position === "absolute" && style.clipPath !== "none") return undefined;
            if (display === "contents" || display === "inline") continue; // nothing is cut off by these
            if (overflowX !== "visible" || overflowY !== "visible") {
                const dots = isInline && textOverflow === "ellipsis" && !/flex|grid/.test(display);
                found.push([each, dots]);
            }
            isInline = false;
        }
        return found;
    };
    const lookAt = (node, style, rect, cutters) => {
        const text = node.textContent.trim();
        const [top, bottom] = inkOf(style, text, rect);
        let end = rect.right; // as far as no cutter inside another has ended it
        for (const [cutter, dots] of cutters) {
            const edge = cutter.getBoundingClientRect();
            const [left, upper] = [edge.left + cutter.clientLeft, edge.top + cutter.clientTop];
            const [right, lower] = [left + cutter.clientWidth, upper + cutter.clientHeight];
            if (top < upper - 1 || bottom > lower + 1) note("height", node);
            if (rect.left < left - 1) note("begins outside", node);
            if (end <= right + 1) continue;
            if (!dots) note("ends outside", node);
            else if (measure(style, `${[...text][0]}\u2026`).width > right - left + 1) note("dots", node);
            end = right;
        }
    };
    const texts = document.createTreeWalker(panel, NodeFilter.SHOW_TEXT);
    for (let node = texts.nextNode(); node; node = texts.nextNode()) {
        const parent = node.parentElement;
        const isField = parent.closest("option, select, textarea");
        const cutters = node.textContent.trim() && !isField && isShown(parent) && cuttersOf(node);
        if (!cutters) continue;
        const range = document.createRange();
        range.selectNodeContents(node);
        for (const rect of range.getClientRects())
            if (rect.width) lookAt(node, getComputedStyle(parent), rect, cutters);
    }

    // A field ends its own text in dots; it must be high enough, and have room for something before them.
    for (const field of panel.querySelectorAll("input:not([type=checkbox], [type=radio]), select")) {
        if (!isShown(field)) continue;
        const style = getComputedStyle(field);
        const text = field.selectedOptions?.[0]?.textContent ?? (field.value || field.placeholder);
        const size = measure(style, text);
        const room = field.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
        const height = size.fontBoundingBoxAscent + size.fontBoundingBoxDescent;
        if (height > field.clientHeight) note("height of a field", field, text);
        if (size.width <= room + 1) continue;
        if (style.textOverflow !== "ellipsis") note("no dots", field, text);
        if (measure(style, `${text.slice(0, 2)}\u2026`).width > room) note("no room", field, text);
    }

    // An id keeps its end whole, and of its beginning more than dots.
    for (const id of panel.querySelectorAll(".dp-id")) {
        const isBox = (part) => !["contents", "inline"].includes(getComputedStyle(part).display);
        const boxes = [...id.querySelectorAll("span")].filter(isBox);
        if (!isShown(id) || boxes.length < 2) continue;
        const isCut = (box) => box.scrollWidth > box.clientWidth + 1;
        const least = measure(getComputedStyle(id), `${id.title.slice(0, 2)}\u2026`).width;
        if (isCut(boxes.at(-1))) note("end of an id", id, id.title);
        if (isCut(boxes[0]) && boxes[0].clientWidth < least) note("beginning of an id", id, id.title);
    }
    return [...wrong];
}"""
"""How each text, field and id that is not whole is cut, and where it stands; dots at its end are no cut."""
