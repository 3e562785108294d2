// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/batchsql/targetdialog.h"

#include "models/common/text.h"
#include "widgets/common/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QRegularExpression>
#include <QTreeWidget>
#include <QTreeWidgetItemIterator>
#include <QVBoxLayout>

#include <algorithm>
#include <functional>
#include <map>
#include <set>

namespace zandb {
namespace {

constexpr int pathRole = Qt::UserRole;

} // namespace

TargetDialog::TargetDialog(const Fleet &fleet, const std::vector<Uuid> &chosen, const QString &profile, const QColor &colour, QWidget *parent)
    : QDialog(parent), m_pattern(new QLineEdit(this)), m_tree(new QTreeWidget(this)), m_list(new QPlainTextEdit(this)), m_unknown(new QLabel(this)),
      m_accept(new QPushButton(this))
{
    setObjectName(QStringLiteral("targetDialog"));
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Targets — %1").arg(profile));
    resize(72 * unit, 72 * unit);
    m_pattern->setObjectName(QStringLiteral("targetPattern"));
    m_tree->setObjectName(QStringLiteral("targetTree"));
    m_list->setObjectName(QStringLiteral("targetList"));
    m_unknown->setObjectName(QStringLiteral("targetUnknown"));
    m_accept->setObjectName(QStringLiteral("targetAccept"));
    m_pattern->setPlaceholderText(tr("Pattern of names, e.g. db*/my33*"));
    m_pattern->setClearButtonEnabled(true);
    m_tree->setHeaderHidden(true);
    m_list->setPlaceholderText(tr("Or paste a list: HOST or HOST/INSTANCE, one a line"));
    m_list->setMaximumHeight(11 * unit);
    m_unknown->setWordWrap(true);
    m_unknown->hide();
    auto *edge = new QWidget(this);
    edge->setFixedHeight(3);
    edge->setStyleSheet(QStringLiteral("background:%1").arg(colour.name()));
    auto *all = new QPushButton(tr("Tick what is shown"), this);
    all->setObjectName(QStringLiteral("targetAll"));
    auto *none = new QPushButton(tr("Untick all"), this);
    none->setObjectName(QStringLiteral("targetNone"));
    auto *paste = new QPushButton(tr("Tick the list"), this);
    paste->setObjectName(QStringLiteral("targetPaste"));
    auto *cancel = new QPushButton(tr("Cancel"), this);
    m_accept->setDefault(true);
    auto *marks = new QHBoxLayout;
    marks->addWidget(all);
    marks->addWidget(none);
    marks->addStretch();
    auto *lists = new QHBoxLayout;
    lists->addWidget(m_list, 1);
    lists->addWidget(paste, 0, Qt::AlignTop);
    auto *buttons = new QHBoxLayout;
    buttons->addStretch();
    buttons->addWidget(cancel);
    buttons->addWidget(m_accept);
    auto *layout = new QVBoxLayout(this);
    layout->setSpacing(unit);
    layout->addWidget(edge);
    layout->addWidget(m_pattern);
    layout->addWidget(m_tree, 1);
    layout->addLayout(marks);
    layout->addLayout(lists);
    layout->addWidget(m_unknown);
    layout->addLayout(buttons);
    fill(fleet, chosen);
    connect(m_pattern, &QLineEdit::textChanged, this, &TargetDialog::filter);
    connect(all, &QPushButton::clicked, this, [this] { tickShown(true); });
    connect(none, &QPushButton::clicked, this, [this] {
        for (const auto &[item, id] : m_instances)
            item->setCheckState(0, Qt::Unchecked);
    });
    connect(paste, &QPushButton::clicked, this, &TargetDialog::tickPasted);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_tree, &QTreeWidget::itemChanged, this, &TargetDialog::showCount);
    connect(m_accept, &QPushButton::clicked, this, [this] {
        Q_EMIT targetsChosen(this->chosen());
        accept();
    });
    showCount();
}

void TargetDialog::fill(const Fleet &fleet, const std::vector<Uuid> &chosen)
{
    const std::set<Uuid> ticked(chosen.begin(), chosen.end());
    std::map<Uuid, QTreeWidgetItem *> groups;
    const auto make = [](QTreeWidgetItem *parent, const QString &name) {
        auto *item = new QTreeWidgetItem(parent, {name});
        item->setFlags(item->flags() | Qt::ItemIsAutoTristate | Qt::ItemIsUserCheckable);
        item->setCheckState(0, Qt::Unchecked);
        return item;
    };
    const std::function<QTreeWidgetItem *(const Uuid &, int)> groupItem = [&](const Uuid &id, int depth) -> QTreeWidgetItem * {
        if (const auto known = groups.find(id); known != groups.end())
            return known->second;
        const auto group = std::ranges::find(fleet.groups, id, &Group::id);
        if (group == fleet.groups.end() || depth > 64)
            return m_tree->invisibleRootItem();
        QTreeWidgetItem *parent = group->parentId ? groupItem(*group->parentId, depth + 1) : m_tree->invisibleRootItem();
        return groups[id] = make(parent, qs(group->name));
    };
    for (const Host &host : fleet.hosts) {
        QTreeWidgetItem *hostItem = nullptr;
        for (const InstanceRecord &record : fleet.instances) {
            if (record.instance.hostId != host.id)
                continue;
            if (!hostItem)
                hostItem = make(host.groupId ? groupItem(*host.groupId, 0) : m_tree->invisibleRootItem(), qs(host.name));
            QTreeWidgetItem *item = make(hostItem, qs(record.instance.name));
            item->setData(0, pathRole, qs(host.name) + QLatin1Char('/') + qs(record.instance.name));
            item->setCheckState(0, ticked.contains(record.instance.id) ? Qt::Checked : Qt::Unchecked);
            m_instances.emplace_back(item, record.instance.id);
        }
    }
    m_tree->sortItems(0, Qt::AscendingOrder);
    m_tree->expandAll();
}

void TargetDialog::filter(const QString &pattern)
{
    const QString wild = pattern.contains(QLatin1Char('*')) || pattern.contains(QLatin1Char('?')) ? pattern : QLatin1Char('*') + pattern + QLatin1Char('*');
    // a star also goes over the slash between host and instance
    QString expression = QRegularExpression::escape(wild);
    expression.replace(QStringLiteral("\\*"), QStringLiteral(".*")).replace(QStringLiteral("\\?"), QStringLiteral("."));
    const QRegularExpression matches(QRegularExpression::anchoredPattern(expression), QRegularExpression::CaseInsensitiveOption);
    for (QTreeWidgetItemIterator it(m_tree); *it; ++it)
        (*it)->setHidden(!pattern.trimmed().isEmpty());
    for (const auto &[item, id] : m_instances) {
        if (!pattern.trimmed().isEmpty() && !matches.match(item->data(0, pathRole).toString()).hasMatch())
            continue;
        for (QTreeWidgetItem *up = item; up; up = up->parent())
            up->setHidden(false);
    }
}

void TargetDialog::tickShown(bool on)
{
    for (const auto &[item, id] : m_instances) {
        if (!item->isHidden())
            item->setCheckState(0, on ? Qt::Checked : Qt::Unchecked);
    }
}

void TargetDialog::tickPasted()
{
    QStringList unknown;
    for (const QString &word : m_list->toPlainText().split(QRegularExpression(QStringLiteral("[\\s,;]+")), Qt::SkipEmptyParts)) {
        bool found = false;
        for (const auto &[item, id] : m_instances) {
            const QString path = item->data(0, pathRole).toString();
            if (path != word && path.section(QLatin1Char('/'), 0, 0) != word)
                continue;
            item->setCheckState(0, Qt::Checked);
            found = true;
        }
        if (!found)
            unknown << word;
    }
    m_unknown->setVisible(!unknown.isEmpty());
    m_unknown->setText(tr("The fleet does not have: %1").arg(unknown.mid(0, 20).join(QStringLiteral(", "))));
}

std::vector<Uuid> TargetDialog::chosen() const
{
    std::vector<std::pair<QString, Uuid>> found;
    for (const auto &[item, id] : m_instances) {
        if (item->checkState(0) == Qt::Checked)
            found.emplace_back(item->data(0, pathRole).toString(), id);
    }
    std::ranges::sort(found);
    std::vector<Uuid> ids;
    for (const auto &[path, id] : found)
        ids.push_back(id);
    return ids;
}

void TargetDialog::showCount()
{
    const auto count = static_cast<int>(chosen().size());
    m_accept->setText(tr("Use %n instance(s)", nullptr, count));
    m_accept->setEnabled(count > 0);
}

} // namespace zandb
