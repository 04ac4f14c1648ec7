// Sends the kept form on, which is fresh. Before the page has loaded, so that it does not stay in the history.
document.getElementById("kept").submit();
