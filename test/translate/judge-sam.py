"""Holds SAM templates (JSON files of a folder) against the real translator and cfn-lint; prints {file: [problem]} as JSON."""
import json
import sys
from pathlib import Path
from unittest.mock import patch

import boto3
from cfnlint.api import lint_file
from cfnlint.config import ManualArgs
from samtranslator.public.translator import ManagedPolicyLoader
from samtranslator.translator.transform import transform


class NoPolicies(ManagedPolicyLoader):
    """Only names of managed policies need an account; ours are ARNs."""

    def __init__(self):
        super().__init__(None)

    def load(self):
        return {}


# What stands on the disk goes to a bucket before a template is translated.
LOCAL = {"AWS::Serverless::Function": "CodeUri", "AWS::Serverless::LayerVersion": "ContentUri"}


def uploaded(template):
    copy = json.loads(json.dumps(template))
    for resource in copy["Resources"].values():
        key = LOCAL.get(resource["Type"])
        if key in resource.get("Properties", {}):
            resource["Properties"][key] = "s3://bucket/key"
    return copy


def judge(path):
    template = json.loads(path.read_text())
    problems = []
    with patch.object(boto3.session.Session, "region_name", "us-east-1"):
        try:
            transform(uploaded(template), {}, NoPolicies())
        except Exception as error:  # The translator's own errors, and its crashes.
            causes = getattr(error, "causes", [])
            problems += [f"translator: {getattr(cause, 'message', cause)}" for cause in causes] or [f"translator: {error!r}"]
    found = lint_file(path, ManualArgs(regions=["us-east-1"]))
    problems += [f"{match.rule.id} {'/'.join(map(str, match.path or []))}: {match.message}" for match in found]
    return problems


print(json.dumps({path.name: judge(path) for path in sorted(Path(sys.argv[1]).glob("*.json"))}))
