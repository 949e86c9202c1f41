/* How far a file is: asks again, says only what changed, and offers the download when it is ready. */
"use strict";
(() => {
  const card = document.querySelector("[data-progress]");
  if (!card) return;
  const sentence = card.querySelector("[data-sentence]");
  const meter = card.querySelector("progress");
  const PAUSE = 1000;
  const LONGEST = 15000;
  let tag = card.dataset.tag;
  let pause = PAUSE;

  const say = (words) => {
    // a live region is read out whenever it is written, be it with the same words
    if (sentence.textContent !== words) sentence.textContent = words;
  };

  const show = (found) => {
    for (const part of card.querySelectorAll("[data-when]")) {
      part.hidden = !part.dataset.when.split(" ").includes(found.state);
    }
    sentence.className = `job-state job-${found.state}`;
    meter.max = found.steps;
    meter.value = found.done;
    say(found.sentence);
    return found.state === "waiting" || found.state === "running";
  };

  const ask = async () => {
    let goesOn = true;
    try {
      const answer = await fetch(card.dataset.progress, {
        headers: { "If-None-Match": tag, "X-Requested-With": "fetch" },
        cache: "no-store",
      });
      if (answer.status === 404 || answer.redirected) {
        location.reload(); // signed out, or the file is over: the page says so
        return;
      }
      if (answer.ok) {
        tag = answer.headers.get("ETag") || tag;
        goesOn = show(await answer.json());
      } else if (answer.status !== 304) {
        throw new Error(String(answer.status));
      }
      pause = PAUSE;
    } catch {
      say(card.dataset.lost);
      tag = "";
      pause = Math.min(pause * 2, LONGEST);
    }
    if (goesOn) setTimeout(ask, pause);
  };

  setTimeout(ask, PAUSE);
})();
