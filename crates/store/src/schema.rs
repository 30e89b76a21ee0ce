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
