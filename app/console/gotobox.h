// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/fleet/location.h"

#include <QDialog>
#include <QTimer>

#include <functional>
#include <vector>

class QLabel;
class QLineEdit;
class QListWidget;

namespace zandb::console {

/// Ctrl+K: type a part of a name, Enter goes there or does it.
class GoToBox final : public QDialog
{
    Q_OBJECT
public:
    struct Entry
    {
        QString icon;
        QString text;
        QString kind;
        Location to;
        std::function<void()> act; ///< what it does instead of leading anywhere
    };
    /// Looks elsewhere for what a text means and tells it later, or never when something newer was asked.
    using Finder = std::function<void(const QString &text, std::function<void(std::vector<Entry>)> found)>;
    GoToBox(std::vector<Entry> entries, Finder finder, QWidget *parent);

Q_SIGNALS:
    void chosen(const zandb::Location &to);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void fill();
    void ask();
    void addMatches(const std::vector<Entry> &entries, std::size_t first);
    void showNothing();
    void take();
    std::vector<Entry> m_entries;
    std::vector<Entry> m_found; ///< by m_finder, of the text that stands there
    Finder m_finder;
    QTimer m_pause; ///< until the person stops typing
    bool m_asking = false;
    QLineEdit *m_edit;
    QListWidget *m_list;
    QLabel *m_nothing;
};

} // namespace zandb::console
