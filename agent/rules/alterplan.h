// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/rules/sqlguard.h"

namespace zandb::rules {

/// How a server carries out a statement of class X.  What it really does it decides itself: the agent asks it for the online way first.
struct AlterPlan
{
    enum class Algorithm { Unknown, Instant, InPlace, Copy };
    Algorithm algorithm = Algorithm::Unknown;
    bool allowsWrites = false; ///< others write to the table meanwhile
    bool rebuilds = false;     ///< all rows are written anew, so replicas are behind for about as long
};

/// Sources: MySQL 8.0 and 9 manual, "Online DDL Operations"; MariaDB documentation, "InnoDB Online DDL Operations".  `version` as 101119, 90704.
AlterPlan planAlter(const GuardSubject &subject, GuardFlavour flavour, int version);

/// The statement with the online algorithm asked for, which a server that cannot do it so refuses (errors 1845, 1846) instead of copying; nothing where
/// the statement names an algorithm or lock itself, or is about partitions, and for DROP INDEX.
std::optional<std::string> askedOnline(std::string_view text, const GuardSubject &subject);

/// "instant", "inplace", "copy", "".
std::string_view toString(AlterPlan::Algorithm algorithm);

} // namespace zandb::rules
