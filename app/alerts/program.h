// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/alerts/channel.h"

#include <filesystem>
#include <stop_token>

namespace zandb::alerts {

/// Runs a program without arguments, shell or environment beyond PATH, HOME and LANG, with the text on its standard input.  Exit status 0 means that it
/// took it.  Ended after `timeout` and on a stop.  Blocks.
ChannelAnswer runProgram(const std::filesystem::path &program, const std::string &input, std::chrono::seconds timeout, const std::stop_token &stop);

} // namespace zandb::alerts
