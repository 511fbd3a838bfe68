#!/bin/sh
# What every pipeline does: check, plan, deploy. Nobody is asked anything, and a failed step fails the pipeline.
#   PROVIDER  where to; STAGE  dev unless set; PLAN  a file for the plan as markdown; SLS  another way to call sls
set -eu

sls=${SLS:-npx sls}
# The tool's own folder, which never gets into an artifact.
plan=${PLAN:-.sls/plan.md}
mkdir -p .sls
provider=${PROVIDER:?set PROVIDER, such as aws or local}
stage=${STAGE:-dev}

$sls check --provider "$provider" --stage "$stage"
$sls plan --provider "$provider" --stage "$stage" --format markdown > "$plan"
cat "$plan"
$sls deploy --provider "$provider" --stage "$stage" --yes
# A second plan is the proof: 3 would mean that something is still to be done.
$sls plan --provider "$provider" --stage "$stage" --exit-code > /dev/null
