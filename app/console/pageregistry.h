// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QKeySequence>
#include <QString>

#include <functional>

namespace zandb {
class Page;
}

namespace zandb::console {

/// What the window has to know of a page.
struct PageEntry
{
    QString name;    ///< stable, as places have it: "runs"
    QString icon;    ///< of resources/icons
    QString parent = {};  ///< the list whose tab it is; empty: it stands on the rail
    QString subject = {}; ///< the kind of what it shows in full; empty: it needs none, and below a list it is another view of it whose tab is always there
    bool plain = false;      ///< neither scope nor time range mean anything to it
    QKeySequence keys = {}; ///< its standard shortcut; empty: Ctrl and its number on the rail, the tenth Ctrl+0, later ones none
    std::function<Page *()> factory = {}; ///< makes the page with all its connections; called once
};

} // namespace zandb::console
