/** The style of a view, in its shadow tree; pages can style its parts. */
export const VIEW_STYLE = `
:host {
  display: block;
  min-width: 0;
  line-height: 1.4;
}
:host([hidden]),
[hidden] {
  display: none !important;
}
* {
  box-sizing: border-box;
}
.frame {
  container-type: size;
  display: grid;
  place-items: center;
  width: 100%;
  height: 100%;
  aspect-ratio: var(--ratio, 1.3333);
  overflow: hidden;
  border-radius: inherit;
  background: #14181d;
  color: #fff;
}
/* Exactly as large as the picture fitted into the frame, so that overlays sit on the picture. */
figure {
  grid-area: 1 / 1;
  position: relative;
  width: 100%;
  height: 100%;
  min-height: 0;
  margin: 0;
  overflow: hidden;
  border-radius: inherit;
}
@supports (width: 1cqw) {
  figure {
    width: min(100cqw, 100cqh * var(--ratio, 1.3333));
    height: auto;
    aspect-ratio: var(--ratio, 1.3333);
  }
}
.layer {
  position: relative;
  width: 100%;
  height: 100%;
  transform-origin: 0 0;
}
.layer > * {
  position: absolute;
  inset: 0;
  display: block;
  width: 100%;
  height: 100%;
  object-fit: contain;
  user-select: none;
}
.layer > :is(#picture, #video) {
  transition: filter .3s;
}
.old .layer > :is(#picture, #video) {
  filter: grayscale(.6) brightness(.5);
}
[part="annotations"] {
  pointer-events: none;
}
.badges {
  position: absolute;
  inset: 12px auto auto 12px;
  display: flex;
  flex-wrap: wrap;
  gap: 8px;
  max-width: calc(100% - 24px);
}
.badge {
  display: flex;
  align-items: center;
  gap: 8px;
  padding: 6px 14px 6px 10px;
  border-radius: 999px;
  background: #ffd24a;
  color: #241a00;
  font-weight: 600;
  font-variant-numeric: tabular-nums;
}
.badge::before {
  content: "!";
  display: grid;
  place-items: center;
  width: 20px;
  height: 20px;
  flex: none;
  border-radius: 50%;
  background: #241a00;
  color: #ffd24a;
  font-size: 13px;
  font-weight: 800;
}
.note {
  padding: 6px 14px;
  border-radius: 999px;
  background: rgb(12 14 17 / .85);
  color: #fff;
  font-weight: 600;
}
/* Why there is no picture: in the middle, large, and in front of an old picture if there is one. */
.notice {
  grid-area: 1 / 1;
  z-index: 1;
  display: grid;
  place-items: center;
  width: 100%;
  max-height: 100%;
  padding: 8px;
  overflow-y: auto;
  text-align: center;
  overflow-wrap: anywhere;
  pointer-events: none;
}
.notice > div {
  max-width: min(100%, 36rem + 12cqw);
  pointer-events: auto;
}
.notice.over > div {
  padding: 16px 22px;
  border-radius: 16px;
  background: rgb(12 14 17 / .82);
  color: #fff;
}
.notice .badge {
  width: fit-content;
  margin: 0 auto 10px;
  text-align: start;
}
p {
  margin: 8px 0 0;
  font-size: clamp(12px, min(max(16px, .5cqw + 12px), 2cqw + 9px), 24px);
  text-wrap: balance;
}
.notice .title {
  margin: 0;
  font-size: clamp(13px, min(1.6cqw + 14px, 3cqw + 8px), 46px);
  font-weight: 650;
  letter-spacing: -.01em;
  line-height: 1.2;
  /* Chinese breaks between its words first. */
  word-break: keep-all;
}
.doing {
  font-weight: 600;
  font-variant-numeric: tabular-nums;
}
@container (max-width: 400px) {
  .badges {
    inset: 8px auto auto 8px;
  }
  .badge,
  .note {
    padding: 3px 10px 3px 6px;
    font-size: 13px;
  }
  .note {
    padding-inline: 10px;
  }
  .notice.over > div {
    padding: 8px 12px;
  }
}
@container (max-height: 200px) {
  .detail,
  .words {
    display: none;
  }
}
.spoken {
  position: absolute;
  width: 1px;
  height: 1px;
  margin: -1px;
  overflow: hidden;
  clip-path: inset(50%);
  white-space: nowrap;
}
@media (prefers-reduced-motion: reduce) {
  .layer > * {
    transition: none;
  }
}
`;

/**
 * Gives a shadow tree its style, as a style sheet object if the browser supports it, since no
 * page's policy forbids that.
 *
 * @param {ShadowRoot} root
 */
export function applyViewStyle(root) {
  if (!("adoptedStyleSheets" in Document.prototype)) {
    const style = document.createElement("style");
    style.textContent = VIEW_STYLE;
    root.append(style);
    return;
  }
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(VIEW_STYLE);
  root.adoptedStyleSheets = [sheet];
}
