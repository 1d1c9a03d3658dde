"""Why there is no backup, in a sentence."""


class BackupProblem(Exception):
    pass
