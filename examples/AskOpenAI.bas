Attribute VB_Name = "AskOpenAI"
Option Explicit

' Asks which models there are.
Public Function Models() As String
    Dim APIKey As String
    Dim xmlhttp As Object
    Set xmlhttp = CreateObject("MSXML2.XMLHTTP")
    xmlhttp.Open "GET", "https://api.openai.com/v1/models", False
    xmlhttp.SetRequestHeader "Authorization", "Bearer " & APIKey
    xmlhttp.Send
    Models = xmlhttp.responseText
End Function
