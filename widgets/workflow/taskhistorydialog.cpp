// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/workflow/taskhistorydialog.h"

#include "models/common/format.h"
#include "models/common/text.h"
#include "widgets/common/theme.h"

#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QTreeWidget>
#include <QVBoxLayout>

namespace zandb {

TaskHistoryDialog::TaskHistoryDialog(const QString &profile, const QString &task, const std::vector<TaskRevision> &revisions, bool cut, const Fleet &fleet, QWidget *parent)
    : QDialog(parent)
{
    setObjectName(QStringLiteral("taskHistoryDialog"));
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("History of %1 — %2").arg(task, profile));
    resize(100 * unit, 60 * unit);
    auto *tree = new QTreeWidget(this);
    tree->setObjectName(QStringLiteral("taskHistory"));
    tree->setHeaderLabels({tr("Revision"), tr("Before"), tr("After")});
    tree->setUniformRowHeights(true);
    for (std::size_t i = 0; i < revisions.size(); ++i) {
        const TaskRevision &revision = revisions[i];
        auto *item = new QTreeWidgetItem(tree);
        item->setText(0, QStringLiteral("%1 · %2 · %3").arg(revision.revision).arg(localTimeText(revision.from).left(16), qs(revision.editor)));
        item->setToolTip(0, exactTimeText(revision.from));
        item->setFirstColumnSpanned(true);
        const bool first = i + 1 == revisions.size();
        if (first) {
            auto *said = new QTreeWidgetItem(item);
            said->setText(0, cut ? tr("older revisions: zandbctl task history") : tr("defined"));
            said->setText(2, cut ? QString() : scheduleText(revision.schedule) + QStringLiteral(" · ") + selectorText(revision.selector, fleet));
        }
        const auto changes = first ? std::vector<TaskChange>() : changesBetween(revisions[i + 1], revision);
        for (const TaskChange &change : changes) {
            auto *row = new QTreeWidgetItem(item);
            row->setText(0, taskFieldText(change.field));
            row->setText(1, taskValueText(change.before, fleet));
            row->setText(2, taskValueText(change.after, fleet));
            for (const int column : {0, 1, 2})
                row->setToolTip(column, row->text(column));
            row->setForeground(1, mutedText(palette()));
        }
        if (!first && changes.empty()) {
            auto *same = new QTreeWidgetItem(item);
            same->setText(0, tr("nothing that is kept here was changed"));
            same->setFirstColumnSpanned(true);
        }
        item->setExpanded(i < 10);
    }
    tree->header()->resizeSection(0, 34 * unit);
    tree->header()->resizeSection(1, 28 * unit);
    auto *close = new QPushButton(tr("Close"), this);
    close->setObjectName(QStringLiteral("taskHistoryClose"));
    close->setDefault(true);
    connect(close, &QPushButton::clicked, this, &QDialog::accept);
    auto *buttons = new QHBoxLayout;
    buttons->addStretch();
    buttons->addWidget(close);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(3 * unit, 3 * unit, 3 * unit, 2 * unit);
    layout->setSpacing(unit);
    layout->addWidget(tree, 1);
    layout->addLayout(buttons);
}

} // namespace zandb
