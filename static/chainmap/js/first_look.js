/* A large page that is worked out for the first time: asks at its own address how far it is, then comes in by itself. */
"use strict";
(() => {
  const card = document.querySelector("[data-first-look]");
  if (!card) return;
  const sentence = card.querySelector("[data-sentence]");
  const meter = card.querySelector("progress");
  const PAUSE = 1000;
  const LONGEST = 15000;
  let pause = PAUSE;

  const say = (words) => {
    // a live region is read out whenever it is written, be it with the same words
    if (sentence.textContent !== words) sentence.textContent = words;
  };

  const ask = async () => {
    try {
      const answer = await fetch(location.href, {
        headers: { "X-Requested-With": "first-look" },
        cache: "no-store",
      });
      if (answer.ok && !answer.redirected) {
        const found = await answer.json();
        meter.max = found.steps;
        meter.value = found.done;
        say(found.sentence);
        if (found.state === "working") {
          pause = PAUSE;
          setTimeout(ask, pause);
          return;
        }
      } else if ([429, 502, 504].includes(answer.status)) {
        throw new Error(String(answer.status));
      }
      location.reload(); // it is there; or signed out, gone or failed: the page itself says so
    } catch {
      say(card.dataset.lost);
      pause = Math.min(pause * 2, LONGEST);
      setTimeout(ask, pause);
    }
  };

  setTimeout(ask, PAUSE);
})();
