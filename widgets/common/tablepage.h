// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/common/look.h"
#include "widgets/common/page.h"
#include "widgets/common/ui.h"

#include <initializer_list>
#include <map>

class QAbstractItemModel;

namespace zandb {

class Chip;
class Inspector;
class TablePane;

/// A page of one table with an inspector, and above it chips that count its looks: a chip that is pressed shows only its own rows.
class TablePage : public Page
{
    Q_OBJECT
public:
    void setLoading(bool loading) override;
    void focusFilter() override;
    /// Lets the pressed chip go, then the filter.
    bool escape() override;

protected:
    /// `name`: of the table's settings.
    TablePage(const Ui &ui, const QString &name, QWidget *parent);
    /// The row of chips; "NAME-look" are their objects' names.
    QWidget *makeChips(const QString &name, std::initializer_list<Look> looks);
    /// Counts again whenever the model's rows change.
    void countRowsOf(QAbstractItemModel *model);

    /// Texts in the language of now; counts and inspector too.
    virtual void retranslate() = 0;
    virtual void showInspector() = 0;
    virtual void showChips() = 0;
    void changeEvent(QEvent *event) override;
    void showForbidden() override { showInspector(); }

    std::map<Look, Chip *> m_chips;
    TablePane *m_pane;
    Inspector *m_inspector;
    bool m_loading = false;
};

} // namespace zandb
