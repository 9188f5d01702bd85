using Ebb.Tables;

namespace Ebb.Tests.Tables;

public class AddressSpecs
{
    [Theory]
    [InlineData("UseDevelopmentStorage=true", "http://127.0.0.1:10002/devstoreaccount1 by shared key")]
    [InlineData(
        "DefaultEndpointsProtocol=https;AccountName=acme;AccountKey=c2VjcmV0;EndpointSuffix=core.windows.net",
        "https://acme.table.core.windows.net/ by shared key"
    )]
    [InlineData("AccountName=acme;AccountKey=c2VjcmV0", "https://acme.table.core.windows.net/ by shared key")]
    [InlineData(
        "TableEndpoint=https://acme.table.core.windows.net;SharedAccessSignature=sv=2020-08-04&sig=abc%3D",
        "https://acme.table.core.windows.net/ by shared access signature"
    )]
    [InlineData(
        "AccountName=a;AccountKey=c2VjcmV0;TableEndpoint=http://127.0.0.1:10002/a/",
        "http://127.0.0.1:10002/a by shared key"
    )]
    public void A_connection_string_says_where_and_by_what(string text, string expected) =>
        Assert.Equal(expected, TableAddress.FromConnection(text).Address!.ToString());

    [Theory]
    [InlineData("", "expected AccountName with AccountKey, or TableEndpoint with SharedAccessSignature")]
    [InlineData("hunter2", "expected Name=Value pairs divided by semicolons, each name once")]
    [InlineData(
        "AccountName=acme",
        "expected AccountName with AccountKey, or TableEndpoint with SharedAccessSignature"
    )]
    [InlineData("hunter2=a;hunter2=b", "expected Name=Value pairs divided by semicolons, each name once")]
    [InlineData(
        "AccountName=hunter2 x;AccountKey=c2VjcmV0",
        "expected AccountName and EndpointSuffix to make an address"
    )]
    [InlineData(
        "TableEndpoint=hunter2;AccountName=a;AccountKey=c2VjcmV0",
        "expected TableEndpoint to be an http or https address"
    )]
    [InlineData("AccountName=acme;AccountKey=hunter2!", "expected AccountKey in base64")]
    [InlineData(
        "TableEndpoint=ftp://hunter2;AccountName=a;AccountKey=c2VjcmV0",
        "expected TableEndpoint to be an http or https address"
    )]
    public void What_is_wrong_with_one_is_said_without_any_part_of_it(string text, string expected) =>
        Assert.Equal((null, expected), TableAddress.FromConnection(text));

    [Theory]
    [InlineData("https://acme.table.core.windows.net", "https://acme.table.core.windows.net/ by token")]
    [InlineData("http://127.0.0.1:10002/acme?sv=1&sig=x", "http://127.0.0.1:10002/acme by shared access signature")]
    [InlineData("http://127.0.0.1:10002/acme/?sv=1&sig=x", "http://127.0.0.1:10002/acme by shared access signature")]
    public void An_address_without_a_signature_is_asked_with_a_token(string text, string expected) =>
        Assert.Equal(expected, TableAddress.FromEndpoint(text).Address!.ToString());

    [Theory]
    [InlineData("acme")]
    [InlineData("http://acme.table.core.windows.net")]
    [InlineData("https://user:password@acme.example")]
    public void An_address_that_is_none_or_would_show_a_token_is_refused(string text) =>
        Assert.Null(TableAddress.FromEndpoint(text).Address);
}
