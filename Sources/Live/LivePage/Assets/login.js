// Gives the token for a cookie that scripts cannot read.
const form = document.getElementById("form");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const token = document.getElementById("token").value.trim();
  const answer = await fetch("/login", { headers: { Authorization: "Bearer " + token } });
  if (answer.ok) location.reload();
  else document.getElementById("answer").textContent = answer.status === 429 ? "Too many attempts. Wait ten seconds." : "That is not the token.";
});
