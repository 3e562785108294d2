// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/command.h"

/// What several verbs of tasks share.
namespace zandb::cli {

/// By name or id.  Errors: not_found.
Result<Task> findTask(Context &context, const std::string &name);

/// What a task is for, from --all, --group, --host, --instance, --except and the conditions --label, --flavour, --role, --name-like, --core and --no-core.
bool changesSelector(const Args &args);
Result<Selector> readSelector(const Args &args, const Fleet &fleet);
std::string selectorUsage();
std::set<std::string> selectorOptions();

/// Prints when the task is due next, what it hits now and what it misses; the task need not be in the store.
Result<int> printPreview(Context &context, const Task &task, const Fleet &fleet, const Args &args);

/// "db1, db2", as a terminal may show it.
std::string namesText(const std::set<std::string> &names);

/// The verb `task crontab`.
Verb crontabVerb();

/// The verbs preview, history, skip, pause and resume.
std::vector<Verb> taskMoreVerbs();

} // namespace zandb::cli
