// Light or dark? What was chosen here before, else what the system prefers.
//
// A classic script in the head: the page is never painted in the wrong colours first.

(() => {
  const STORAGE = "keyhole-theme";
  const root = document.documentElement;
  const preference = matchMedia("(prefers-color-scheme: dark)");

  const stored = () => {
    try {
      return localStorage.getItem(STORAGE);
    } catch {
      return null;
    }
  };
  const current = () => root.dataset.theme ?? (preference.matches ? "dark" : "light");
  const announce = () => {
    const other = current() === "dark" ? "light" : "dark";
    document.getElementById("theme")?.setAttribute("aria-label", `Use the ${other} theme`);
  };

  if (["light", "dark"].includes(stored())) root.dataset.theme = stored();
  preference.addEventListener("change", announce);
  addEventListener("DOMContentLoaded", () => {
    announce();
    document.getElementById("theme").addEventListener("click", () => {
      root.dataset.theme = current() === "dark" ? "light" : "dark";
      try {
        localStorage.setItem(STORAGE, root.dataset.theme);
      } catch {
        // Without storage the choice lasts as long as the page.
      }
      announce();
    });
  });
})();
