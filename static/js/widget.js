// Puts a chatbot on a page: a launcher that opens and closes it (messenger), or the conversation in its place (inline).
// One global, Bureau. No cookie, no dependency, no markup from strings: it runs under a strict Content-Security-Policy.
(() => {
  "use strict";
  const OURS = Symbol.for("bureau.widget");
  const TOP = 2147483000; // above whatever the page has
  const PHONE = "(max-width: 480px), (max-height: 480px)";
  const TRIES = 3;
  const PATIENCE = 4000; // milliseconds
  const SIZES = { small: [48, 360, 560], medium: [56, 400, 640], large: [64, 460, 740] }; // launcher, width, height
  const ICONS = {
    chat: "M4.804 21.644A6.707 6.707 0 0 0 6 21.75a6.721 6.721 0 0 0 3.583-1.029c.774.182 1.584.279 2.417.279 5.322 0 9.75-3.97 9.75-9 0-5.03-4.428-9-9.75-9s-9.75 3.97-9.75 9c0 2.409 1.025 4.587 2.674 6.192.232.226.277.428.254.543a3.73 3.73 0 0 1-.814 1.686.75.75 0 0 0 .44 1.223ZM8.25 10.875a1.125 1.125 0 1 0 0 2.25 1.125 1.125 0 0 0 0-2.25ZM10.875 12a1.125 1.125 0 1 1 2.25 0 1.125 1.125 0 0 1-2.25 0Zm4.875-1.125a1.125 1.125 0 1 0 0 2.25 1.125 1.125 0 0 0 0-2.25Z",
    question: "M2.25 12c0-5.385 4.365-9.75 9.75-9.75s9.75 4.365 9.75 9.75-4.365 9.75-9.75 9.75S2.25 17.385 2.25 12Zm11.378-3.917c-.89-.777-2.366-.777-3.255 0a.75.75 0 0 1-.988-1.129c1.454-1.272 3.776-1.272 5.23 0 1.513 1.324 1.513 3.518 0 4.842a3.75 3.75 0 0 1-.837.552c-.676.328-1.028.774-1.028 1.152v.75a.75.75 0 0 1-1.5 0v-.75c0-1.279 1.06-2.107 1.875-2.502.182-.088.351-.199.503-.331.83-.727.83-1.857 0-2.584ZM12 18a.75.75 0 1 0 0-1.5.75.75 0 0 0 0 1.5Z",
    hello: "M10.5 1.875a1.125 1.125 0 0 1 2.25 0v8.219c.517.162 1.02.382 1.5.659V3.375a1.125 1.125 0 0 1 2.25 0v10.937a4.505 4.505 0 0 0-3.25 2.373 8.963 8.963 0 0 1 4-.935A.75.75 0 0 0 18 15v-2.266a3.368 3.368 0 0 1 .988-2.37 1.125 1.125 0 0 1 1.591 1.59 1.118 1.118 0 0 0-.329.79v3.006h-.005a6 6 0 0 1-1.752 4.007l-1.736 1.736a6 6 0 0 1-4.242 1.757H10.5a7.5 7.5 0 0 1-7.5-7.5V6.375a1.125 1.125 0 0 1 2.25 0v5.519c.46-.452.965-.832 1.5-1.141V3.375a1.125 1.125 0 0 1 2.25 0v6.526c.495-.1.997-.151 1.5-.151V1.875Z",
    close: "M5.47 5.47a.75.75 0 0 1 1.06 0L12 10.94l5.47-5.47a.75.75 0 1 1 1.06 1.06L13.06 12l5.47 5.47a.75.75 0 1 1-1.06 1.06L12 13.06l-5.47 5.47a.75.75 0 0 1-1.06-1.06L10.94 12 5.47 6.53a.75.75 0 0 1 0-1.06Z",
  };
  const STYLE = `
    :host { all: initial !important; display: contents !important; }
    * { box-sizing: border-box; }
    [hidden] { display: none !important; }
    .box { position: fixed; z-index: ${TOP}; bottom: max(20px, env(safe-area-inset-bottom)); display: flex;
      flex-direction: column; gap: 12px; font: 15px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
    .right { right: calc(20px + var(--shift)); align-items: flex-end; }
    .left { left: calc(20px + var(--shift)); align-items: flex-start; }
    button { margin: 0; padding: 0; font: inherit; color: inherit; cursor: pointer; background: none; border: 0; }
    :focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; }
    .launch { position: relative; display: grid; place-items: center; width: var(--launch); height: var(--launch);
      color: var(--on); background: var(--accent); border-radius: 50%;
      box-shadow: 0 6px 20px rgb(0 0 0 / 22%), 0 1px 4px rgb(0 0 0 / 16%); }
    .launch svg { width: 50%; height: 50%; fill: currentColor; }
    .launch img { width: 100%; height: 100%; object-fit: cover; border-radius: 50%; }
    .dot { position: absolute; top: 0; inset-inline-end: 0; width: 14px; height: 14px; background: #d92d20;
      border: 2px solid #fff; border-radius: 50%; }
    .teaser { position: relative; display: flex; max-width: min(270px, calc(100vw - 40px)); color: var(--ink);
      background: var(--ground); border-radius: var(--radius); box-shadow: 0 6px 20px rgb(0 0 0 / 18%); }
    .words { padding: 10px 4px 10px 14px; padding-inline: 14px 4px; text-align: start; overflow-wrap: anywhere; }
    .dismiss { flex: none; display: grid; place-items: center; width: 36px; height: 36px; opacity: .75; }
    .dismiss svg { width: 16px; height: 16px; fill: currentColor; }
    .panel { position: fixed; z-index: ${TOP + 1}; bottom: calc(36px + var(--launch)); width: min(var(--wide), calc(100vw - 40px));
      height: min(var(--high), calc(100vh - var(--launch) - 56px)); overflow: hidden; background: var(--ground);
      border-radius: calc(var(--radius) + 2px); box-shadow: 0 16px 48px rgb(0 0 0 / 26%), 0 2px 8px rgb(0 0 0 / 14%); }
    .right .panel { right: 20px; }
    .left .panel { left: 20px; }
    iframe { display: block; width: 100%; height: 100%; border: 0; color-scheme: normal; }
    .quiet { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
    .launch:hover { filter: brightness(1.06); }
    @media ${PHONE} { .panel { inset: 0 !important; width: 100%; height: 100vh; height: 100dvh; border-radius: 0; } }
    @media (prefers-reduced-motion: no-preference) {
      .panel { animation: rise .18s ease-out; }
      .launch { transition: scale .15s ease-out; }
      .launch:active { scale: .94; }
      @keyframes rise { from { opacity: 0; translate: 0 12px; } }
    }
    @media print { .box { display: none; } }`;

  const warn = (words) => console.warn(`Bureau: ${words}`);

  function make(kind, className = "", attributes = {}) {
    const element = document.createElement(kind);
    if (className) element.className = className;
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    return element;
  }

  function icon(name) {
    const [svg, path] = ["svg", "path"].map((kind) => document.createElementNS("http://www.w3.org/2000/svg", kind));
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    path.setAttribute("fill-rule", "evenodd");
    path.setAttribute("d", ICONS[name] ?? ICONS.chat);
    svg.append(path);
    return svg;
  }

  function dress(root) {
    try {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(STYLE);
      root.adoptedStyleSheets = [sheet];
    } catch {
      const style = make("style"); // an older browser
      style.textContent = STYLE;
      root.append(style);
    }
  }

  // The conversation in a frame. What it is told and tells goes by messages between these two origins only.
  class Frame {
    constructor({ door, id, mode, heard }) {
      Object.assign(this, { door, id, mode, heard, isLoaded: false, isReady: false, wants: false, tries: 0 });
      this.element = make("iframe", "", { title: "Chat", referrerpolicy: "no-referrer", src: `${door}/c/${id}/` });
      this.element.addEventListener("load", () => {
        this.isLoaded = true;
        this.hello();
        clearTimeout(this.waiting);
        if (this.tries < TRIES) this.waiting = setTimeout(() => this.again(this.tries + 1), PATIENCE);
      });
      addEventListener("message", ({ origin, source, data }) => {
        if (origin !== door || source !== this.element.contentWindow || data?.bureau !== 1) return;
        if (data.kind === "ready") this.isReady = true;
        if (data.kind === "keep") return keep(id, data.kept);
        if (data.name) this.element.title = String(data.name);
        heard(data.kind, data);
      });
      addEventListener("online", () => this.again(0));
    }

    // What failed to load: a browser tells nobody so, but what stands there then does not say that it is ready.
    again(tries) {
      if (this.isReady) return;
      this.tries = tries;
      this.element.src = `${this.door}/c/${this.id}/`;
    }

    send(kind, detail) {
      if (this.isLoaded) this.element.contentWindow?.postMessage({ bureau: 1, kind, ...detail }, this.door);
    }

    hello() {
      this.send("hello", { mode: this.mode, wants: this.wants, kept: keptFor(this.id), page: { url: location.href, title: document.title } });
      const { visitor } = bureau[OURS];
      if (visitor !== undefined) this.send("identify", { visitor });
    }
  }

  class Inline {
    constructor(tag, door, id) {
      this.id = id;
      this.frame = new Frame({ door, id, mode: "inline", heard: (kind) => bureau[OURS].tell(kind, id) });
      const { style } = this.frame.element;
      Object.assign(style, { display: "block", width: "100%", height: "100%", minHeight: "24rem", border: "0" });
      tag.after(this.frame.element);
    }

    open() {
      this.frame.element.focus();
      this.frame.send("shown", { open: true });
    }

    close() {}
    toggle() {
      this.open();
    }
  }

  class Messenger {
    constructor(door, id, place) {
      Object.assign(this, { door, id, place, isOpen: false, wanted: false });
      this.load();
    }

    // What the launcher looks like. Where the page lets nothing be fetched, the conversation's own frame tells it.
    async load() {
      let answer;
      try {
        answer = await fetch(`${this.door}/c/${this.id}/widget.json`, { credentials: "omit" });
      } catch {
        if (navigator.onLine === false) return addEventListener("online", () => this.load(), { once: true });
        return this.build({ words: {} }, { hidden: true });
      }
      if (answer.ok) this.build(await answer.json());
      else warn(`there is no chatbot ${this.id} (${answer.status}). Nothing is shown.`);
    }

    build(told, { hidden = false } = {}) {
      this.host = make("div", "", { "data-bureau": this.id });
      const root = this.host.attachShadow({ mode: "open" });
      dress(root);
      this.box = make("div", "box");
      this.launch = make("button", "launch", { type: "button", "aria-expanded": "false", "aria-controls": "panel" });
      this.dot = make("span", "dot");
      this.panel = make("div", "panel", { id: "panel", role: "dialog" });
      this.status = make("span", "quiet", { role: "status" });
      this.dot.hidden = this.panel.hidden = true;
      this.launch.addEventListener("click", () => this.toggle());
      this.box.addEventListener("keydown", (event) => event.key === "Escape" && this.close());
      this.box.append(this.launch, this.panel, this.status);
      root.append(this.box);
      this.box.hidden = hidden;
      document.body.append(this.host);
      this.show(told);
      if (hidden) this.begin();
      if (this.wanted) this.open();
    }

    // The look, also when it comes late.
    show(told) {
      this.told = { size: "medium", radius: 16, accent: "#3c4fe0", onAccent: "#ffffff", ...told };
      this.told.words = { open: "Open the conversation", close: "Close the conversation", ...told.words };
      const { position, size, radius, speech, name, theme } = this.told;
      const [launch, wide, high] = SIZES[size] ?? SIZES.medium;
      this.box.className = `box ${position === "left" ? "left" : "right"}`;
      this.box.lang = speech ?? "en";
      this.box.dir = speech === "ar" ? "rtl" : "ltr";
      const set = { launch, wide, high, radius, shift: this.place * (launch + 12) };
      for (const [token, pixels] of Object.entries(set)) this.box.style.setProperty(`--${token}`, `${Number(pixels)}px`);
      this.panel.setAttribute("aria-label", name ?? "Chat");
      const dark = matchMedia("(prefers-color-scheme: dark)");
      const paint = () => this.paint(theme === "dark" || (theme !== "light" && dark.matches));
      dark.addEventListener("change", paint);
      paint();
      this.face();
      this.tease();
    }

    paint(dark) {
      const { accent, onAccent, accentDark, onAccentDark } = this.told;
      const colours = dark
        ? { accent: accentDark || accent, on: onAccentDark || onAccent, ink: "#ececf1", ground: "#17181c" }
        : { accent, on: onAccent, ink: "#16181d", ground: "#ffffff" };
      for (const [token, colour] of Object.entries(colours)) this.box.style.setProperty(`--${token}`, colour);
    }

    face() {
      const { launcher, words } = this.told;
      let face = icon(this.isOpen ? "close" : launcher);
      if (!this.isOpen && launcher === "avatar") {
        face = make("img", "", { alt: "", src: `${this.door}/c/${this.id}/avatar.png` });
        face.addEventListener("error", (event) => event.target.replaceWith(icon("chat")));
      }
      this.launch.replaceChildren(face, this.dot);
      const label = this.isOpen ? words.close : words.open;
      this.launch.setAttribute("aria-label", this.dot.hidden ? label : `${label}. ${words.unread ?? ""}`);
      this.launch.setAttribute("aria-expanded", String(this.isOpen));
    }

    // Beside the launcher, until the conversation was opened once on this site.
    tease() {
      this.teaser?.remove();
      if (!this.told.teaser || this.place || this.isOpen || remembered(this.id)) return;
      this.teaser = make("div", "teaser");
      const words = make("button", "words", { type: "button", dir: "auto" });
      words.textContent = this.told.teaser;
      words.addEventListener("click", () => this.open());
      const dismiss = make("button", "dismiss", { type: "button", "aria-label": this.told.words.dismiss ?? "Dismiss" });
      dismiss.append(icon("close"));
      dismiss.addEventListener("click", () => {
        this.untease();
        this.launch.focus();
      });
      this.teaser.append(words, dismiss);
      this.box.prepend(this.teaser);
    }

    untease() {
      this.teaser?.remove();
      remember(this.id);
    }

    begin() {
      if (this.frame) return;
      this.frame = new Frame({ ...this, mode: "messenger", heard: (kind, data) => this.heard(kind, data) });
      this.frame.wants = this.box.hidden;
      this.panel.append(this.frame.element);
    }

    heard(kind, data) {
      if (kind === "close") this.close();
      if (kind === "configuration" && this.box.hidden) {
        this.show(data.told);
        this.box.hidden = false;
      }
      if (kind === "answer" && !this.isOpen) {
        this.dot.hidden = false;
        this.status.textContent = this.told.words.unread ?? "";
        this.face();
      }
      if (kind === "ready" && this.isOpen) this.frame.send("shown", { open: true });
      bureau[OURS].tell(kind, this.id);
    }

    open() {
      this.wanted = true;
      if (!this.box || this.box.hidden || this.isOpen) return;
      this.isOpen = true;
      this.dot.hidden = true;
      this.status.textContent = "";
      this.untease();
      this.begin();
      this.panel.hidden = false;
      this.face();
      this.fit(true);
      this.frame.hello();
      this.frame.element.focus();
      this.frame.send("shown", { open: true });
      bureau[OURS].tell("open", this.id);
    }

    close() {
      this.wanted = false;
      if (!this.isOpen) return;
      this.isOpen = false;
      this.panel.hidden = true;
      this.face();
      this.fit(false);
      this.frame.send("shown", { open: false });
      this.launch.focus();
      bureau[OURS].tell("close", this.id);
    }

    toggle() {
      if (this.isOpen) this.close();
      else this.open();
    }

    // On a phone it fills what the keyboard leaves, and the page behind it stays where it is.
    fit(isOpen) {
      const root = document.documentElement;
      const seen = window.visualViewport;
      const fill = () => {
        const isPhone = matchMedia(PHONE).matches;
        this.panel.style.setProperty("height", isPhone && seen ? `${seen.height}px` : "");
        this.panel.style.setProperty("top", isPhone && seen ? `${seen.offsetTop}px` : "", "important");
      };
      if (isOpen) {
        this.before = root.style.overflow;
        if (matchMedia(PHONE).matches) root.style.overflow = "hidden";
        this.unfit = () => {
          root.style.overflow = this.before;
          for (const name of ["resize", "scroll"]) seen?.removeEventListener(name, fill);
        };
        for (const name of ["resize", "scroll"]) seen?.addEventListener(name, fill);
        fill();
      } else this.unfit?.();
    }
  }

  // That the teaser was seen, in this browser; where that is not allowed, until the page is left.
  const seen = new Set();
  function remembered(id) {
    try {
      return seen.has(id) || localStorage.getItem(`bureau:${id}:seen`) === "1";
    } catch {
      return seen.has(id);
    }
  }
  function remember(id) {
    seen.add(id);
    try {
      localStorage.setItem(`bureau:${id}:seen`, "1");
    } catch {
      // not allowed here
    }
  }

  // Where the browser lets the frame keep nothing: what opens its conversation again, until this tab is closed.
  function keep(id, kept) {
    try {
      if (kept) sessionStorage.setItem(`bureau:${id}:talk`, String(kept));
      else sessionStorage.removeItem(`bureau:${id}:talk`);
    } catch {
      // then a conversation ends with its page
    }
  }
  function keptFor(id) {
    try {
      return sessionStorage.getItem(`bureau:${id}:talk`) ?? "";
    } catch {
      return "";
    }
  }

  // The page's only global. Of several chatbots the first answers, unless one is named by its id.
  function begin() {
    const widgets = [];
    const handlers = [];
    const chosen = (id) => widgets.find((widget) => !id || widget.id === id);
    const inner = {
      visitor: undefined, // until somebody says who it is, or that it is nobody
      add(tag) {
        const { chatbot: id = "", mode = "messenger" } = tag.dataset;
        const door = new URL(tag.src, location.href).origin;
        if (!/^[0-9a-z]+$/i.test(id)) return warn("data-chatbot is missing, or is no chatbot's id. Nothing is shown.");
        if (mode === "inline") return widgets.push(new Inline(tag, door, id));
        if (mode !== "messenger") warn(`data-mode is "${mode}", which is none of ours: messenger is taken.`);
        const messengers = widgets.filter((widget) => widget instanceof Messenger);
        if (messengers.some((widget) => widget.id === id)) return warn(`${id} is on this page already.`);
        widgets.push(new Messenger(door, id, messengers.length));
      },
      tell(kind, id) {
        for (const [name, handler] of handlers) if (name === kind) setTimeout(handler, 0, { chatbot: id });
      },
    };
    return Object.freeze({
      open: (id) => chosen(id)?.open(),
      close: (id) => chosen(id)?.close(),
      toggle: (id) => chosen(id)?.toggle(),
      identify(visitor) {
        inner.visitor = visitor ?? null;
        for (const { frame } of widgets) frame?.send("identify", { visitor: inner.visitor });
      },
      on(name, handler) {
        const entry = [name, handler];
        handlers.push(entry);
        return () => handlers.splice(handlers.indexOf(entry), 1);
      },
      [OURS]: inner,
    });
  }

  const tag = document.currentScript;
  if (!tag) return warn("it has to be loaded by a classic script tag.");
  if (window.Bureau && !window.Bureau[OURS]) return warn("this page has another thing named Bureau. Nothing is shown.");
  const bureau = (window.Bureau ??= begin());
  const add = () => bureau[OURS].add(tag);
  if (tag.dataset.mode === "inline" || document.readyState === "complete") add();
  else addEventListener("load", add, { once: true });
  dispatchEvent(new Event("bureau:ready"));
})();
