-- Notes in the record what ops staff did to a room's invitations: it changes nothing of the line itself.
-- ARGV own who, own+1 why, own+2 "revoked": own+3 ids, batches or holders, own+4 how many;
--   or "codes_minted": own+3 their batch, own+4 lane, own+5 places that each gives, own+6 how many
-- Reply {status, head}
local refused = enter()
if refused then return refused end
local who, why, kind = ARGV[own], ARGV[own + 1], ARGV[own + 2]
if kind == 'revoked' then
  log('revoked', 'who', who, 'why', why, 'what', ARGV[own + 3], 'count', ARGV[own + 4])
elseif kind == 'codes_minted' then
  log('codes_minted', 'who', who, 'why', why, 'batch', ARGV[own + 3], 'lane', ARGV[own + 4], 'uses', ARGV[own + 5],
    'count', ARGV[own + 6])
end
save()
return {'OK', head()}
