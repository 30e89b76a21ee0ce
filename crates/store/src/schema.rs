//! The tables, as far as statements of diesel's query language use them. The migrations say what
//! each column means.

diesel::table! {
    writers (id) { id -> Binary, batch -> BigInt, seen_at -> BigInt, }
}
diesel::table! {
    login_failures (id) { id -> BigInt, who -> Binary, source -> Binary, at -> BigInt, }
}
diesel::table! {
    logins (who, source) { who -> Binary, source -> Binary, at -> BigInt, }
}
diesel::table! {
    pools (id) {
        id -> BigInt,
        name -> Text,
        region -> Text,
        quarantine_micros -> BigInt,
        purpose -> SmallInt,
        country -> Nullable<Text>,
        city -> Nullable<Text>,
        services -> Text,
        setup_fee -> BigInt,
        monthly_fee -> BigInt,
    }
}
diesel::table! {
    ledgers (id) { id -> BigInt, last_seq -> BigInt, balance -> BigInt, }
}
diesel::table! {
    customers (id) {
        id -> BigInt,
        ledger_id -> BigInt,
        first_name -> Text,
        last_name -> Text,
        status -> SmallInt,
        charge_method -> SmallInt,
        max_reserved -> BigInt,
        allowed_prefixes -> Text,
        created_at -> BigInt,
        suspended_at -> Nullable<BigInt>,
        customer_key -> Nullable<Text>,
        credit_limit -> Nullable<BigInt>,
        max_calls -> BigInt,
        max_spend_per_day -> BigInt,
    }
}
diesel::table! {
    customer_services (customer_id, kind) {
        customer_id -> BigInt,
        kind -> SmallInt,
        enabled -> SmallInt,
        charge_block -> BigInt,
        charge_rate -> BigInt,
        max_leases -> BigInt,
    }
}
diesel::table! {
    number_imports (id) {
        id -> BigInt,
        pool_id -> BigInt,
        digest -> Nullable<Binary>,
        started_at -> BigInt,
        live_at -> Nullable<BigInt>,
        robbed -> BigInt,
    }
}
diesel::table! {
    numbers (id) { id -> BigInt, shelf -> Nullable<BigInt>, e164 -> BigInt, }
}
diesel::table! {
    api_users (id) {
        id -> BigInt,
        name -> Text,
        role -> SmallInt,
        may_top_up -> SmallInt,
        enabled -> SmallInt,
    }
}
diesel::table! {
    api_user_customers (user_id, customer_id) { user_id -> BigInt, customer_id -> BigInt, }
}
diesel::table! {
    tokens (jti) {
        jti -> Text,
        user_name -> Nullable<Text>,
        issued_at -> Nullable<BigInt>,
        expires_at -> Nullable<BigInt>,
        revoked_at -> Nullable<BigInt>,
    }
}
diesel::table! {
    accounts (id) {
        id -> BigInt,
        user_name -> Text,
        customer_id -> BigInt,
        password_hash -> Text,
        enabled -> SmallInt,
        email -> Nullable<Text>,
        first_name -> Text,
        last_name -> Text,
        time_zone -> Text,
        ivr -> SmallInt,
        rate_deck -> Nullable<Text>,
        created_at -> BigInt,
    }
}
diesel::table! {
    sub_accounts (id) {
        id -> BigInt,
        account_id -> BigInt,
        alias -> Text,
        email -> Nullable<Text>,
        first_name -> Text,
        last_name -> Text,
        company -> Text,
        fax_headline -> Text,
        created_at -> BigInt,
        deleted_at -> Nullable<BigInt>,
    }
}
diesel::table! {
    account_emails (email_key) {
        email_key -> Text,
        account_id -> BigInt,
        sub_account_id -> Nullable<BigInt>,
    }
}
diesel::table! {
    ivr_menus (id) { id -> BigInt, account_id -> BigInt, name -> Text, direction -> SmallInt, }
}
diesel::table! {
    ivml_configurations (id) {
        id -> BigInt,
        account_id -> BigInt,
        name -> Text,
        launch_url -> Text,
        result_url -> Nullable<Text>,
        direction -> SmallInt,
        created_at -> BigInt,
        deleted_at -> Nullable<BigInt>,
    }
}
diesel::table! {
    did_subscriptions (id) {
        id -> BigInt,
        number_id -> BigInt,
        account_id -> BigInt,
        service -> SmallInt,
        setup_fee -> BigInt,
        monthly_fee -> BigInt,
        subscribed_at -> BigInt,
        months -> BigInt,
        next_due_at -> BigInt,
        ended_at -> Nullable<BigInt>,
        assigned -> SmallInt,
        assigned_id -> Nullable<BigInt>,
    }
}
diesel::table! {
    rate_decks (id) { id -> BigInt, name -> Text, }
}
diesel::table! {
    rate_versions (id) {
        id -> BigInt,
        deck_id -> BigInt,
        digest -> Binary,
        started_at -> BigInt,
        begins_at -> Nullable<BigInt>,
    }
}
diesel::table! {
    staff (id) {
        id -> BigInt,
        name -> Text,
        role -> SmallInt,
        enabled -> SmallInt,
        password_hash -> Nullable<Text>,
        created_at -> BigInt,
    }
}
diesel::table! {
    staff_links (digest) { digest -> Binary, staff_id -> BigInt, expires_at -> BigInt, }
}
diesel::table! {
    staff_sessions (digest) {
        digest -> Binary,
        staff_id -> BigInt,
        began_at -> BigInt,
        seen_at -> BigInt,
    }
}
diesel::table! {
    audit_entries (id) {
        id -> BigInt,
        at -> BigInt,
        who -> Text,
        action -> SmallInt,
        subject -> Text,
        reason -> Text,
    }
}
