// Moving and scaling a map with one or two fingers, mouse, wheel and keys. Knows nothing of what is drawn.

const MOST = 6;
const SLOP = 5;
const SETTLE = 140;

/** ``hooks``: apply({x, y, k}), moving(bool), settle(k), grab(x, y, near, isTouch) -> object with move(dx, dy) and drop(), or null; tap(x, y, near),
 * hover(event, near). */
export class Zoom {
  constructor(stage, hooks) {
    Object.assign(this, { stage, hooks, x: 0, y: 0, k: 1, least: 0.05, pointers: new Map(), timer: 0, frame: 0 });
    const listen = (name, method, options) => stage.addEventListener(name, (event) => this[method](event), options);
    listen("pointerdown", "down");
    listen("pointermove", "move");
    listen("pointerup", "up");
    listen("pointercancel", "up");
    listen("wheel", "wheel", { passive: false });
    listen("dblclick", "twice");
  }

  /** A point of the window in the map's pixels. */
  toMap(clientX, clientY) {
    const box = this.stage.getBoundingClientRect();
    return [(clientX - box.left - this.x) / this.k, (clientY - box.top - this.y) / this.k];
  }

  set(x, y, k) {
    Object.assign(this, { x, y, k: Math.min(MOST, Math.max(this.least, k)) });
    if (!this.frame) this.frame = requestAnimationFrame(() => this.draw());
    if (!this.timer) this.hooks.moving(true);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.rest(), SETTLE);
  }

  draw() {
    this.frame = 0;
    this.hooks.apply(this);
  }

  rest() {
    clearTimeout(this.timer);
    this.timer = 0;
    if (this.pointers.size) return;
    this.hooks.moving(false);
    this.hooks.settle(this.k);
  }

  /** At once, without waiting for a frame. */
  place(x, y, k) {
    Object.assign(this, { x, y, k: Math.min(MOST, Math.max(this.least, k)) });
    this.hooks.apply(this);
    this.hooks.settle(this.k);
  }

  /** The whole of a box (left, top, right, bottom), as large as ``most`` lets it, with so many pixels of the window
   * left free at each side. */
  fit([left, top, right, bottom], most = 1.6, [freeLeft, freeTop, freeRight, freeBottom] = [0, 0, 0, 0]) {
    const width = Math.max(60, this.stage.clientWidth - freeLeft - freeRight);
    const height = Math.max(60, this.stage.clientHeight - freeTop - freeBottom);
    const k = Math.min(most, width / Math.max(1, right - left), height / Math.max(1, bottom - top));
    this.least = Math.min(0.5, k * 0.6);
    this.place(freeLeft + (width - (left + right) * k) / 2, freeTop + (height - (top + bottom) * k) / 2, k);
  }

  by(factor, clientX = null, clientY = null) {
    const box = this.stage.getBoundingClientRect();
    const [px, py] = clientX === null ? [box.width / 2, box.height / 2] : [clientX - box.left, clientY - box.top];
    const k = Math.min(MOST, Math.max(this.least, this.k * factor));
    this.set(px - ((px - this.x) / this.k) * k, py - ((py - this.y) / this.k) * k, k);
  }

  /** Moves as little as needed for a place (in the map's pixels) to be well inside the window. */
  show(x, y, margin = 90) {
    const { clientWidth: width, clientHeight: height } = this.stage;
    const [px, py] = [x * this.k + this.x, y * this.k + this.y];
    const into = (at, size) => Math.min(Math.max(at, Math.min(margin, size / 3)), size - Math.min(margin, size / 3)) - at;
    const [dx, dy] = [into(px, width), into(py, height)];
    if (dx || dy) this.place(this.x + dx, this.y + dy, this.k);
  }

  centre(x, y, k) {
    this.place(this.stage.clientWidth / 2 - x * k, this.stage.clientHeight / 2 - y * k, k);
  }

  wheel(event) {
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 18 : event.deltaMode === 2 ? 300 : 1;
    this.by(Math.exp((-event.deltaY * lines) / (event.ctrlKey ? 110 : 420)), event.clientX, event.clientY);
  }

  twice(event) {
    this.by(event.shiftKey ? 0.6 : 1.7, event.clientX, event.clientY);
  }

  down(event) {
    if (event.button) return;
    this.stage.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (this.pointers.size === 1) {
      this.start = { x: event.clientX, y: event.clientY, far: false };
      this.grabbed = this.hooks.grab(...this.toMap(event.clientX, event.clientY), this.near(event) / 3, event.pointerType === "touch");
    } else this.start.far = true;
  }

  near(event) {
    return (event.pointerType === "touch" ? 18 : 7) / this.k;
  }

  move(event) {
    const pointer = this.pointers.get(event.pointerId);
    if (!pointer) {
      if (event.pointerType === "mouse") this.hooks.hover(event, this.near(event));
      return;
    }
    const before = [...this.pointers.values()].map((one) => ({ ...one }));
    Object.assign(pointer, { x: event.clientX, y: event.clientY });
    const [dx, dy] = [event.clientX - this.start.x, event.clientY - this.start.y];
    if (!this.start.far && Math.hypot(dx, dy) < SLOP) return;
    this.start.far = true;
    const now = [...this.pointers.values()];
    if (now.length === 2) return void this.pinch(before, now);
    if (this.grabbed) return void this.grabbed.move(dx / this.k, dy / this.k);
    this.set(this.x + now[0].x - before[0].x, this.y + now[0].y - before[0].y, this.k);
  }

  pinch(before, now) {
    const apart = ([a, b]) => Math.hypot(a.x - b.x, a.y - b.y) || 1;
    const middle = ([a, b]) => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
    const [from, to] = [middle(before), middle(now)];
    this.x += to.x - from.x;
    this.y += to.y - from.y;
    this.by(apart(now) / apart(before), to.x, to.y);
  }

  up(event) {
    if (!this.pointers.delete(event.pointerId)) return;
    if (this.pointers.size) return;
    const grabbed = this.grabbed;
    this.grabbed = null;
    if (grabbed && this.start.far) grabbed.drop();
    else if (!this.start.far && event.type === "pointerup") this.hooks.tap(...this.toMap(event.clientX, event.clientY), this.near(event), event);
    if (!this.timer) this.rest();
  }
}
