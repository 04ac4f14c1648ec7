-- Lets time pass and calls as many as the budget allows. Safe from every worker at any time: the budget is
-- accrued by Redis's clock, so that two calls at once share what one would have had.
-- Reply {status, head}
if not enter() then return {'LOST'} end
advance()
save()
return {'OK', head()}
