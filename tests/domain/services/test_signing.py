from domain.services import signing


def test_the_example_of_the_specification() -> None:
    """As the libraries of standardwebhooks.com test it."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    body = b'{"test": 2432232314}'
    expected = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert signing.signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body) == expected


def test_each_part_counts() -> None:
    secret = signing.new_secret()
    usual = signing.signature(secret, "1", 2, b"3")
    others = {
        signing.signature(secret, "2", 2, b"3"),
        signing.signature(secret, "1", 3, b"3"),
        signing.signature(secret, "1", 2, b"4"),
        signing.signature(signing.new_secret(), "1", 2, b"3"),
    }
    assert len(others | {usual}) == 5
