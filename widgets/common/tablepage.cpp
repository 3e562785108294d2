// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/common/tablepage.h"

#include "widgets/common/flowlayout.h"
#include "widgets/common/inspector.h"
#include "widgets/common/parts.h"
#include "widgets/common/tablepane.h"
#include "widgets/common/theme.h"

#include <QEvent>

namespace zandb {

TablePage::TablePage(const Ui &ui, const QString &name, QWidget *parent) : Page(parent), m_pane(new TablePane(ui, name, this)), m_inspector(new Inspector(this))
{
    connect(m_pane, &TablePane::currentChanged, this, [this] { showInspector(); });
    connect(m_pane, &TablePane::menuRequested, m_inspector, &Inspector::addActionsTo);
}

QWidget *TablePage::makeChips(const QString &name, std::initializer_list<Look> looks)
{
    auto *strip = new QWidget(this);
    auto *flow = new FlowLayout(strip);
    flow->setContentsMargins(2 * unit, unit / 2, unit, unit / 2);
    flow->setSpacing(2);
    for (const Look look : looks) {
        auto *chip = new Chip(look, strip);
        chip->setObjectName(name + QLatin1Char('-') + lookName(look));
        m_chips[look] = chip;
        flow->addWidget(chip);
        connect(chip, &Chip::clicked, this, [this, look, chip] {
            const bool on = !chip->isChecked();
            for (const auto &[of, other] : m_chips)
                other->setChecked(on && of == look);
            m_pane->setLooks(on ? std::set<Look>{look} : std::set<Look>{});
        });
    }
    return strip;
}

void TablePage::countRowsOf(QAbstractItemModel *model)
{
    const auto count = [this] { showChips(); };
    for (const auto signal : {&QAbstractItemModel::rowsInserted, &QAbstractItemModel::rowsRemoved})
        connect(model, signal, this, count);
    connect(model, &QAbstractItemModel::dataChanged, this, count);
    connect(model, &QAbstractItemModel::modelReset, this, count);
}

void TablePage::setLoading(bool loading)
{
    m_loading = loading;
    m_pane->setLoading(loading);
    showInspector();
}

void TablePage::focusFilter()
{
    m_pane->focusFilter();
}

bool TablePage::escape()
{
    for (const auto &[look, chip] : m_chips) {
        if (chip->isChecked()) {
            chip->setChecked(false);
            m_pane->setLooks({});
            return true;
        }
    }
    return m_pane->clearFilter();
}

void TablePage::changeEvent(QEvent *event)
{
    Page::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        retranslate();
}

} // namespace zandb
