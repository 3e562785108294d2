// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/os/formernames.h"
#include "agent/os/landlock.h"
