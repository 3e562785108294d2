// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/killer/killpolicies.h"

#include <QDialog>
#include <QString>

#include <optional>

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QSpinBox;

namespace zandb {

/// The kill policies of one place, edited one at a time, with a preview of what each would have killed.  Window-modal; opened without a nested
/// event loop.
class KillPolicyDialog final : public QDialog
{
    Q_OBJECT
public:
    struct Question
    {
        QString profile;                 ///< in the title
        bool production = false;
        QString place;                   ///< "production/shop"; empty: the whole fleet
        KillScope kind = KillScope::Fleet;
        Uuid scope;
        int instances = 0;               ///< that it is for
        std::vector<KillPolicyRow> rows; ///< of this place
    };
    explicit KillPolicyDialog(const Question &question, QWidget *parent = nullptr);
    /// What the policy that was asked for would have killed.
    void setPreview(std::int64_t matching, std::int64_t looked);
    /// Asks for the preview of what the fields say now.
    void requestPreview();

Q_SIGNALS:
    /// The fields say another valid policy than before.
    void previewRequested(const zandb::wire::KillPolicy &policy);
    /// `known`: the revision the editor has seen; 0: a new policy.
    void saveRequested(const zandb::wire::KillPolicy &policy, qint64 known);
    void removeRequested(const QString &name, qint64 known);

private:
    void show(int index);
    void check();
    wire::KillPolicy policy() const;
    const KillPolicyRow *row() const;

    Question m_question;
    QComboBox *m_which;
    QLineEdit *m_name;
    QSpinBox *m_seconds;
    QComboBox *m_action;
    QLineEdit *m_users;
    QLineEdit *m_clients;
    QLineEdit *m_schemas;
    QLineEdit *m_digests;
    QLineEdit *m_exceptUsers;
    QLineEdit *m_exceptSchemas;
    QLineEdit *m_exceptDigests;
    QSpinBox *m_perMinute;
    QSpinBox *m_modified;
    QCheckBox *m_kill;
    QLineEdit *m_type;
    QLabel *m_typeLabel;
    QLabel *m_preview;
    QLabel *m_missing;
    QPushButton *m_remove;
    QPushButton *m_accept;
    std::string m_asked; ///< the policy of the last preview
};

} // namespace zandb
